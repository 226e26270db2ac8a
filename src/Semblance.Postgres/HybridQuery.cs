namespace Semblance.Postgres;

/// <summary>
/// Represents the options of a search by vector and by words, whose ranks are fused as Σ weight / (constant + rank) (reciprocal rank
/// fusion, Cormack, Clarke and Büttcher 2009).
/// </summary>
public sealed record HybridQuery : PostgresQuery
{
    /// <summary>Gets the number of nearest vectors, and of best texts, to fuse; 100 by default.</summary>
    public int Candidates { get; init; } = 100;

    /// <summary>Gets the constant that is added to each rank, at least 1; 60 by default, as in the paper.</summary>
    public int RankConstant { get; init; } = 60;

    /// <summary>Gets the weight of the rank by vector; 1 by default.</summary>
    public double VectorWeight { get; init; } = 1;

    /// <summary>Gets the weight of the rank by words; 1 by default.</summary>
    public double WordWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RankConstant, 0);
        CheckWeight(VectorWeight, nameof(VectorWeight));
        CheckWeight(WordWeight, nameof(WordWeight));
    }

    private static void CheckWeight(double weight, string name)
    {
        if (!double.IsFinite(weight) || weight < 0)
        {
            throw new ArgumentOutOfRangeException(name, weight, "A weight must be a finite number, 0 or more.");
        }
    }
}
