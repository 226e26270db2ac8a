namespace Semblance.Training;

/// <summary>Represents a data set to train on, with its loss.</summary>
/// <param name="Name">The name of the data set in logs.</param>
/// <param name="Rows">The rows; all have the same number of texts, except lists of candidates.</param>
/// <param name="Loss">The loss of its batches.</param>
public sealed record TrainingDataset(string Name, IReadOnlyList<Example> Rows, Objective Loss)
{
    /// <summary>Gets the weight of the loss among those of several data sets; 1 by default.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>
    /// Gets the head of a <see cref="JointModel"/> that the rows train; <see langword="null"/>, the default, for other models.
    /// </summary>
    public string? Head { get; init; }

    /// <summary>Gets the prompts before the texts of each column, such as <c>query: </c>; columns beyond the list have none.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>
    /// Gets the routes of the texts of each column, such as <c>query</c> and <c>document</c>, for a model with a router; columns beyond the
    /// list, and <see langword="null"/>, use its default.
    /// </summary>
    public IReadOnlyList<string?> Routes { get; init; } = [];

    /// <summary>
    /// Creates a data set for unsupervised SimCSE (Gao et al. 2021, arXiv:2104.08821): each text is its own positive, encoded twice with
    /// different dropout, and the other texts of the batch are its negatives.
    /// </summary>
    /// <param name="name">The name of the data set in logs.</param>
    /// <param name="rows">The rows, of which only the first text is used.</param>
    /// <param name="scale">The factor of the similarities: the inverse of the temperature; 20 by default, as in the paper.</param>
    /// <remarks>It relies on dropout, so <see cref="TrainerOptions.DropoutSeed"/> must not be <see langword="null"/>.</remarks>
    public static TrainingDataset SimCSE(string name, IReadOnlyList<Example> rows, float scale = 20)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new TrainingDataset(
            name, [.. rows.Select(row => new Example([row.Texts[0], row.Texts[0]]))],
            new MultipleNegativesRankingLoss(new() { Scale = scale }));
    }
}
