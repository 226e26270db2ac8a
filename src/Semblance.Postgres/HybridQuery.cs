namespace Semblance.Postgres;

/// <summary>
/// How vectors and words are searched together: the ranks of both are fused as Σ weight / (constant + rank) (reciprocal rank fusion, Cormack, Clarke and Büttcher 2009).
/// </summary>
public sealed record HybridQuery : PostgresQuery
{
    /// <summary>How many of the nearest vectors, and how many of the best texts, are fused; 100 by default.</summary>
    public int Candidates { get; init; } = 100;

    /// <summary>What is added to each rank, from 1 on; 60 by default, as in the paper.</summary>
    public int RankConstant { get; init; } = 60;

    /// <summary>How much the rank among the vectors counts; 1 by default.</summary>
    public double VectorWeight { get; init; } = 1;

    /// <summary>How much the rank among the texts counts; 1 by default.</summary>
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
            throw new ArgumentOutOfRangeException(name, weight, "A weight is a finite number from 0 on.");
        }
    }
}
