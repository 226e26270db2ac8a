namespace Semblance.Training;

/// <summary>Represents a data set of a training, for reports and model cards.</summary>
/// <param name="Name">The name: a Hub id, or the name in logs, as in <see cref="TrainingDataset.Name"/>.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Loss">The type name of the loss, such as <c>MultipleNegativesRankingLoss</c>; a wrapped loss in brackets.</param>
public sealed record DatasetSummary(string Name, long Rows, string Loss)
{
    /// <summary>
    /// Initializes a new instance of the <see cref="DatasetSummary"/> class from a loss: the names and publications of the loss and of
    /// those that it wraps.
    /// </summary>
    /// <param name="name">The name of the data set.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="loss">The loss of the data set.</param>
    public DatasetSummary(string name, long rows, Objective loss)
        : this(name, rows, loss?.ToString() ?? throw new ArgumentNullException(nameof(loss))) =>
        Citations = [.. loss.WithInner().SelectMany(part => part.Citations).Distinct()];

    /// <summary>Gets the size of a batch, such as <c>64</c> or <c>8,192 tokens</c>; <see langword="null"/> if unknown.</summary>
    public string? BatchSize { get; init; }

    /// <summary>Gets the sampler of the batches, such as <c>no-duplicates</c>; <see langword="null"/> if unknown.</summary>
    public string? Sampler { get; init; }

    /// <summary>
    /// Gets the names and values of the settings of the loss that were given; empty if all have their defaults, <see langword="null"/> if
    /// unknown.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>>? LossSettings { get; init; }

    /// <summary>Gets the source and the license, or <see langword="null"/> if unknown.</summary>
    public string? Source { get; init; }

    /// <summary>Gets a few example rows.</summary>
    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>
    /// Gets the publications of the loss and of those that it wraps (<see cref="Objective.Citations"/>), as BibTeX entries for the model
    /// card. The default is
    /// empty.
    /// </summary>
    public IReadOnlyList<string> Citations { get; init; } = [];
}
