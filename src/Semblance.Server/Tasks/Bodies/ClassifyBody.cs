using Semblance.Server.Reranking;

namespace Semblance.Server.Tasks;

/// <summary>Represents the body of a request for labels.</summary>
internal sealed record ClassifyBody
{
    /// <summary>Gets the texts.</summary>
    public required TextOrTexts Input { get; init; }

    /// <summary>Gets the second text of each pair, for a model of pairs; <see langword="null"/> for single texts.</summary>
    public TextOrTexts? Pair { get; init; }

    /// <summary>Gets the name of the model; <see langword="null"/> for the first one that classifies.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the number of labels of each text; see <see cref="ClassifyOptions.TopK"/>.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the threshold of all labels; see <see cref="ClassifyOptions.Threshold"/>.</summary>
    public float? Threshold { get; init; }

    /// <summary>Gets the treatment of long texts; <see langword="null"/> for the server's default.</summary>
    public bool? Truncate { get; init; }
}
