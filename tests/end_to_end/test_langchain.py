"""The retriever keeps what LangChain promises of retrievers, by LangChain's own tests."""

from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from assistant.assistant import Assistant


class TestEvidenceRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def assistant(self, data) -> None:
        self.made = Assistant.open().retriever

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return type(self.made)

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {field: getattr(self.made, field) for field in self.made.model_fields_set}

    @property
    def retriever_query_example(self) -> str:
        return "do I need a permit to repair separation equipment abroad?"
