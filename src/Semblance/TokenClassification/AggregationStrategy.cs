namespace Semblance;

/// <summary>
/// Specifies how the labels of tokens become entities, with the names and rules of the token classification pipeline of transformers.
/// </summary>
public enum AggregationStrategy
{
    /// <summary>Adjacent tokens of the same type are one entity; <c>B-</c> starts a new one.</summary>
    Simple,

    /// <summary>Each token with a label is an entity of its own.</summary>
    None,

    /// <summary>As <see cref="Simple"/>, but all tokens of a word have the label of its first token.</summary>
    First,

    /// <summary>As <see cref="Simple"/>, but all tokens of a word have the label with the highest mean probability.</summary>
    Average,

    /// <summary>As <see cref="Simple"/>, but all tokens of a word have the label of the token with the highest probability.</summary>
    Max,
}
