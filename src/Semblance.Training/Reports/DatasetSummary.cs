namespace Semblance.Training;

/// <summary>What there is to say about a data set that was trained on.</summary>
/// <param name="Name">Its name: a Hub id, or what logs call it, as in <see cref="TrainingDataset.Name"/>.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Loss">The type name of its loss, such as <c>MultipleNegativesRankingLoss</c>; a wrapped one in brackets.</param>
public sealed record DatasetSummary(string Name, long Rows, string Loss)
{
    /// <summary>Summarises a data set by its loss: its name with those that it wraps, and the publications of all.</summary>
    /// <param name="name">The name of the data set.</param>
    /// <param name="rows">How many rows it has.</param>
    /// <param name="loss">Its loss.</param>
    public DatasetSummary(string name, long rows, Objective loss)
        : this(name, rows, loss?.ToString() ?? throw new ArgumentNullException(nameof(loss))) =>
        Citations = [.. loss.WithInner().SelectMany(part => part.Citations).Distinct()];

    /// <summary>Where it is from and under which licence; null where not known.</summary>
    public string? Source { get; init; }

    /// <summary>A row or two, to show what it is like.</summary>
    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>The publications of the loss and of those that it wraps (<see cref="Objective.Citations"/>), as BibTeX entries, which the model card lists; empty by default.</summary>
    public IReadOnlyList<string> Citations { get; init; } = [];
}
