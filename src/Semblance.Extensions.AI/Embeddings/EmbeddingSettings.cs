using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Provides the settings of an embedding generator, which the options of a request override.</summary>
public sealed record EmbeddingSettings
{
    /// <summary>Gets the options for encoding; the defaults are the settings in the model's files.</summary>
    public EncodeOptions Encoding { get; init; } = EncodeOptions.Default;

    /// <summary>Gets the kind of the texts; <see cref="EmbeddingInput.Text"/> by default.</summary>
    public EmbeddingInput Input { get; init; }

    /// <summary>
    /// Gets the ranges for int8, by which element <c>i</c> of a vector is divided into 256 steps; <see langword="null"/>, the default, to
    /// scale each vector by its own largest element, which preserves its direction.
    /// </summary>
    public QuantizationRanges? Ranges { get; init; }

    /// <summary>Gets the logger factory; <see langword="null"/> for no logs.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }
}
