namespace Semblance;

/// <summary>Represents a labeled part of a text, such as the name of a person.</summary>
/// <param name="Label">
/// The type of the entity, without the prefix <c>B-</c> or <c>I-</c>; with <see cref="AggregationStrategy.None"/>, the whole label.
/// </param>
/// <param name="Score">The probability: the mean over the tokens, or words, of the entity.</param>
/// <param name="Start">
/// The position of the first character in the text, in UTF-16 units, as <see cref="string.Substring(int)"/> counts.
/// </param>
/// <param name="Length">The number of characters, in UTF-16 units.</param>
/// <param name="Text">The part of the text.</param>
public sealed record Entity(string Label, float Score, int Start, int Length, string Text)
{
    /// <summary>Gets the position after the last character.</summary>
    public int End => Start + Length;

    /// <summary>
    /// Gets the tokens of the entity joined by the tokenizer, as the original writes its <c>word</c>: a model without upper case has none
    /// here.
    /// </summary>
    public string Word { get; init; } = "";

    /// <summary>
    /// Gets the index of the token in its window, special tokens included; null unless the strategy is
    /// <see cref="AggregationStrategy.None"/>.
    /// </summary>
    public int? TokenIndex { get; init; }
}
