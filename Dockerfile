# Only copies what `pnpm bundle` wrote, which is what tests run:
#   npx -y pnpm@12.21.0 bundle && docker build -t canaryop:v0.1.0 .
FROM gcr.io/distroless/nodejs26-debian13:nonroot
COPY apps/operator/dist/canaryop.mjs apps/operator/dist/part-*.mjs /canaryop/
WORKDIR /canaryop
# By number, so that a kubelet can tell that it is not root.
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/canaryop/canaryop.mjs"]
