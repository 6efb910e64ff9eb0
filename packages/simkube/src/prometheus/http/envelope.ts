import type { Labels } from '../labels.ts';
import type { QueryData } from '../promql/engine.ts';
import { formatFloat } from '../promql/functions/float-text.ts';
import type { QueryErrorType } from '../promql/query-error.ts';
import type { HttpResponse } from './http-handler.ts';

const contentType = 'application/json';

const statusOfError: Readonly<Record<QueryErrorType, number>> = { bad_data: 400, execution: 422, timeout: 503 };

/** `{"status":"success","data":...}` */
export function success(data: unknown): HttpResponse {
  return { status: 200, contentType, body: JSON.stringify({ status: 'success', data }) };
}

/** `{"status":"error","errorType":...,"error":...}` with the status code of its type. */
export function failure(errorType: QueryErrorType, error: string): HttpResponse {
  return {
    status: statusOfError[errorType],
    contentType,
    body: JSON.stringify({ status: 'error', errorType, error }),
  };
}

/** The `data` of a query's answer: times in seconds, values as text, because JSON has neither NaN nor infinity. */
export function encodeQueryData(data: QueryData): { resultType: string; result: unknown } {
  const { resultType } = data;
  switch (data.resultType) {
    case 'scalar':
      return { resultType, result: encodeValue(data.timeMs, data.value) };
    case 'string':
      return { resultType, result: [data.timeMs / 1000, data.value] };
    case 'vector':
      return {
        resultType,
        result: data.samples.map(({ labels, value }) => ({
          metric: encodeLabels(labels),
          value: encodeValue(data.timeMs, value),
        })),
      };
    case 'matrix':
    default:
      return {
        resultType,
        result: data.series.map(({ labels, points }) => ({
          metric: encodeLabels(labels),
          values: points.map((point) => encodeValue(point.timeMs, point.value)),
        })),
      };
  }
}

function encodeValue(timeMs: number, value: number): readonly [number, string] {
  return [timeMs / 1000, formatFloat(value)];
}

function encodeLabels(labels: Labels): Record<string, string> {
  return labels.toRecord();
}
