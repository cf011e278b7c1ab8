"""Social world models: turn stories, dialogues and household scenes into structured contexts (S3AP).

This module exports the whole public API. Each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from social_world_model.agents import (
        AgentKind,
        AgentOptions,
        Episode,
        Seat,
        agent_from,
        play,
        register_agent,
    )
    from social_world_model.benchmarks import (
        Benchmark,
        ItemResult,
        MetricRow,
        MetricTable,
        Score,
        ScoredUnit,
        benchmark_names,
        get_benchmark,
        register,
    )
    from social_world_model.contracts import (
        Answerer,
        BadRow,
        Dataset,
        Item,
        ModelConfig,
        Parsed,
        Parser,
        Query,
        Reply,
        Statement,
    )
    from social_world_model.errors import (
        BudgetExceededError,
        ConfigurationError,
        ContextError,
        DatasetError,
        EndpointError,
        GenerationError,
        NarrativeError,
        RefusalError,
        SocialWorldModelError,
        UnparsableOutputError,
    )
    from social_world_model.evaluation import (
        Diff,
        PerceivedScore,
        PerceiverChange,
        compare_perceived,
        diff,
        reference_of,
        structural_score,
    )
    from social_world_model.experiments import (
        EpisodeRun,
        Estimate,
        JudgingRun,
        Progress,
        Run,
        RunResult,
        RunSettings,
        estimate,
    )
    from social_world_model.generation_utils import (
        Budget,
        CallLimit,
        Calls,
        LanguageModel,
        OutputParser,
        PydanticOutputParser,
        RateLimit,
        StrOutputParser,
        UnfitReply,
        agenerate,
        close_models,
        generate_sync,
        model_by_name,
        register_model,
    )
    from social_world_model.interaction import (
        Act,
        Agent,
        Briefing,
        Considered,
        Decision,
        Future,
        Happening,
        Imagined,
        Observation,
        PartnerModel,
    )
    from social_world_model.modes import Mode, Session, get_mode, mode_names, register_mode
    from social_world_model.reports import (
        CellReport,
        Comparison,
        Overview,
        Report,
        ReportRow,
        cell_report,
        compare,
        make_report,
        overview,
    )
    from social_world_model.runs import Result, StoredResults, UnreadableFile, read_run
    from social_world_model.s3ap import (
        Event,
        Issue,
        Percept,
        SocializedContext,
        SocializedContextForModel,
        SocializedStructure,
        SocializedStructureForModel,
        SocialSimulation,
        Timeline,
        decode,
        encode,
        events,
        from_wire,
        memory,
        perspective,
        presence,
        render,
        timeline,
        to_wire,
        validate,
        view,
    )
    from social_world_model.scenarios import Game, Scenario, get_scenarios, register_scenario, scenario_names
    from social_world_model.settings import EpisodeSettings, JudgingSettings
    from social_world_model.symbolic import (
        BeliefChange,
        KnowledgeChange,
        MissedLine,
        SymbolicModel,
        TraceEntry,
        belief_track,
        knowledge_track,
        missed,
        parse_narrative,
        read_chat,
        trust_later_leavers,
        trust_nobody,
    )
    from social_world_model.training import Trainer, get_trainer, register_trainer, trainer_names
    from social_world_model.usage import Usage
    from social_world_model.viewer import ContextView, view_context
    from social_world_model.world_model import Answer, ContextOutputParser, LanguageModelParser, SocialWorldModel

__version__ = "0.2.0"

_HOME = {
    "agents": ["AgentKind", "AgentOptions", "Episode", "Seat", "agent_from", "play", "register_agent"],
    "benchmarks": [
        *(
            "Benchmark",
            "MetricRow",
            "ItemResult",
            "Score",
            "MetricTable",
            "ScoredUnit",
            "benchmark_names",
            "get_benchmark",
            "register",
        ),
    ],
    "contracts": [
        *("Statement", "Answerer", "BadRow", "Dataset", "Item", "Parsed", "Parser", "Query", "ModelConfig", "Reply"),
    ],
    "errors": [
        *("BudgetExceededError", "ConfigurationError", "ContextError", "DatasetError", "GenerationError"),
        *("EndpointError", "NarrativeError", "RefusalError", "SocialWorldModelError", "UnparsableOutputError"),
    ],
    "evaluation": [
        *("Diff", "PerceivedScore", "PerceiverChange", "compare_perceived", "diff", "reference_of", "structural_score"),
    ],
    "experiments": [
        *("EpisodeRun", "Estimate", "JudgingRun", "Progress", "Run", "RunResult", "RunSettings", "estimate"),
    ],
    "generation_utils": [
        *("Budget", "CallLimit", "Calls", "LanguageModel", "OutputParser", "PydanticOutputParser", "RateLimit"),
        *("StrOutputParser", "UnfitReply", "agenerate", "close_models", "generate_sync", "model_by_name"),
        "register_model",
    ],
    "interaction": [
        *("Act", "Agent", "Briefing", "Considered", "Decision", "Future", "Happening", "Imagined", "Observation"),
        "PartnerModel",
    ],
    "modes": ["Mode", "Session", "get_mode", "mode_names", "register_mode"],
    "reports": [
        *("CellReport", "Comparison", "Overview", "Report", "ReportRow", "cell_report", "compare", "make_report"),
        "overview",
    ],
    "runs": ["Result", "StoredResults", "UnreadableFile", "read_run"],
    "s3ap": [
        *("Event", "Issue", "Percept", "SocialSimulation", "SocializedContext", "SocializedContextForModel"),
        *("SocializedStructure", "SocializedStructureForModel", "Timeline", "decode", "encode", "events", "from_wire"),
        *("memory", "perspective", "presence", "render", "timeline", "to_wire", "validate", "view"),
    ],
    "scenarios": ["Game", "Scenario", "get_scenarios", "register_scenario", "scenario_names"],
    "settings": ["EpisodeSettings", "JudgingSettings"],
    "symbolic": [
        *("BeliefChange", "KnowledgeChange", "MissedLine", "SymbolicModel", "TraceEntry", "belief_track"),
        *("knowledge_track", "missed", "parse_narrative", "read_chat", "trust_later_leavers", "trust_nobody"),
    ],
    "training": ["Trainer", "get_trainer", "register_trainer", "trainer_names"],
    "usage": ["Usage"],
    "viewer": ["ContextView", "view_context"],
    "world_model": ["Answer", "ContextOutputParser", "LanguageModelParser", "SocialWorldModel"],
}
_RENAMED = {
    "Account": "Statement",
    "Line": "MetricRow",
    "Outcome": "ItemResult",
    "Recipe": "ModelConfig",
    "ReportLine": "ReportRow",
    "Table": "MetricTable",
    "Unit": "ScoredUnit",
    "generate": "generate_sync",
}
"""New name of each name from version 0.1.0. The old names still work, with a deprecation warning."""
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Act",
    "Agent",
    "AgentKind",
    "AgentOptions",
    "Answer",
    "Answerer",
    "BadRow",
    "BeliefChange",
    "Benchmark",
    "Briefing",
    "Budget",
    "BudgetExceededError",
    "CallLimit",
    "Calls",
    "CellReport",
    "Comparison",
    "ConfigurationError",
    "Considered",
    "ContextError",
    "ContextOutputParser",
    "ContextView",
    "Dataset",
    "DatasetError",
    "Decision",
    "Diff",
    "EndpointError",
    "Episode",
    "EpisodeRun",
    "EpisodeSettings",
    "Estimate",
    "Event",
    "Future",
    "Game",
    "GenerationError",
    "Happening",
    "Imagined",
    "Issue",
    "Item",
    "ItemResult",
    "JudgingRun",
    "JudgingSettings",
    "KnowledgeChange",
    "LanguageModel",
    "LanguageModelParser",
    "MetricRow",
    "MetricTable",
    "MissedLine",
    "Mode",
    "ModelConfig",
    "NarrativeError",
    "Observation",
    "OutputParser",
    "Overview",
    "Parsed",
    "Parser",
    "PartnerModel",
    "PerceivedScore",
    "PerceiverChange",
    "Percept",
    "Progress",
    "PydanticOutputParser",
    "Query",
    "RateLimit",
    "RefusalError",
    "Reply",
    "Report",
    "ReportRow",
    "Result",
    "Run",
    "RunResult",
    "RunSettings",
    "Scenario",
    "Score",
    "ScoredUnit",
    "Seat",
    "Session",
    "SocialSimulation",
    "SocialWorldModel",
    "SocialWorldModelError",
    "SocializedContext",
    "SocializedContextForModel",
    "SocializedStructure",
    "SocializedStructureForModel",
    "Statement",
    "StoredResults",
    "StrOutputParser",
    "SymbolicModel",
    "Timeline",
    "TraceEntry",
    "Trainer",
    "UnfitReply",
    "UnparsableOutputError",
    "UnreadableFile",
    "Usage",
    "agenerate",
    "agent_from",
    "belief_track",
    "benchmark_names",
    "cell_report",
    "close_models",
    "compare",
    "compare_perceived",
    "decode",
    "diff",
    "encode",
    "estimate",
    "events",
    "from_wire",
    "generate_sync",
    "get_benchmark",
    "get_mode",
    "get_scenarios",
    "get_trainer",
    "knowledge_track",
    "make_report",
    "memory",
    "missed",
    "mode_names",
    "model_by_name",
    "overview",
    "parse_narrative",
    "perspective",
    "play",
    "presence",
    "read_chat",
    "read_run",
    "reference_of",
    "register",
    "register_agent",
    "register_mode",
    "register_model",
    "register_scenario",
    "register_trainer",
    "render",
    "scenario_names",
    "structural_score",
    "timeline",
    "to_wire",
    "trainer_names",
    "trust_later_leavers",
    "trust_nobody",
    "validate",
    "view",
    "view_context",
]


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        import warnings

        new = _RENAMED[name]
        warnings.warn(f"{__name__}.{name} is deprecated: use {new}", DeprecationWarning, stacklevel=2)
        return __getattr__(new)
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
