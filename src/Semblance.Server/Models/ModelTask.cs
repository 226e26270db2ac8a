namespace Semblance.Server.Models;

/// <summary>Specifies what a request needs a model for.</summary>
internal enum ModelTask
{
    /// <summary>Computing one dense vector for a text.</summary>
    Embed,

    /// <summary>Computing one sparse vector for a text.</summary>
    EmbedSparse,

    /// <summary>Scoring the relevance of texts to a query.</summary>
    Rerank,

    /// <summary>Classifying texts or pairs of texts.</summary>
    Classify,

    /// <summary>Finding entities in texts.</summary>
    Tag,

    /// <summary>Finding answers in texts.</summary>
    Answer,

    /// <summary>Only the tokenizer or the settings.</summary>
    Any,
}
