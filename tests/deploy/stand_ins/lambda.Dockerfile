# Stands in for public.ecr.aws/lambda/python:3.13: AWS's own runtime client and emulator, where the real one has them.
ARG PYTHON
FROM ${PYTHON}
ARG RUNTIME_CLIENT
RUN ln -s /usr/local /var/lang && mkdir /var/task \
    && python -m pip install --quiet --root-user-action ignore --target /var/runtime "awslambdaric==${RUNTIME_CLIENT}"
COPY aws-lambda-rie /usr/local/bin/
COPY bootstrap /var/runtime/
COPY lambda-entrypoint.sh /
ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime AWS_EXECUTION_ENV=AWS_Lambda_python3.13
WORKDIR /var/task
ENTRYPOINT ["/lambda-entrypoint.sh"]
