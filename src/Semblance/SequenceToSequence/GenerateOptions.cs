using Semblance.Generation;

namespace Semblance;

/// <summary>
/// Provides the options of <see cref="SequenceToSequenceModel"/>. <see cref="TextOptions.Prompt"/> replaces the prefix of the model, and
/// <see cref="Truncation.Chunk"/> generates a text for each part of a long one.
/// </summary>
public sealed record GenerateOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static GenerateOptions Default { get; } = new();

    /// <summary>
    /// Gets the settings of generation, usually made from those of the model by <c>with</c>; null for those of the model
    /// (<see cref="SequenceToSequenceConfig.Generation"/>). The best sequence of each text is returned.
    /// </summary>
    public GenerationConfig? Generation { get; init; }
}
