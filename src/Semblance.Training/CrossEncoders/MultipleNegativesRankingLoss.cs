using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Each query finds its positive among its own negatives and some of the other rows' texts: cross-entropy over scaled scores (van den Oord et al.
/// 2018, arXiv:1807.03748, as InfoNCE). Query, positive and any number of negatives; no labels.
/// </summary>
/// <remarks>
/// Drawn are texts of other rows that are none of the row's own; as many as there are where that is fewer. The batch's
/// <see cref="TrainingBatch.DropoutSeed"/> decides which; without it, the same each time.
/// </remarks>
/// <param name="negatives">How many texts of other rows a query gets; null for all, from 0.</param>
/// <param name="scale">What activated scores are multiplied by: one over the temperature.</param>
public class MultipleNegativesRankingLoss(int? negatives = 4, float scale = 10) : CrossEncoderLoss
{
    /// <summary>Gets how many texts of other rows a query gets; null for all.</summary>
    public int? Negatives { get; } = negatives is null or >= 0 ? negatives : throw new ArgumentOutOfRangeException(nameof(negatives), negatives, "The number of negatives must be from 0.");

    /// <summary>Gets what activated scores are multiplied by.</summary>
    public float Scale { get; } = Positive(scale);

    /// <summary>What follows the scores: the logistic function by default, <see cref="Activation.Identity"/>, with a scale of 1, for logits as they are.</summary>
    public Activation Activation { get; init; } = Activation.Sigmoid;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Oord];

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireScores(this);
        if (input.Counts.All(count => count == 1))
        {
            throw new LossInputException($"{Name} has no negatives in a batch of {input.Counts.Count} rows; use larger batches, or give rows negatives.");
        }

        var scores = Activation == Activation.Identity ? input.Logits : run.Activate(input.Logits, Activation);
        return run.CrossEntropy(new CandidateTable(input).Of(run, run.Scale(scores, Scale)), new int[input.Counts.Count]);
    }

    private protected sealed override IReadOnlyList<Example> Rows(TrainingBatch batch)
    {
        var texts = batch.Rows.SelectMany(row => row.Texts.Skip(1)).Distinct(StringComparer.Ordinal).ToArray();
        return [.. batch.Rows.Select((row, i) =>
        {
            var others = Permutation.Of(texts.Length, (long)(batch.DropoutSeed ?? 0), i).Select(place => texts[place]).Except(row.Texts.Skip(1), StringComparer.Ordinal);
            return new Example([.. row.Texts, .. others.Take(Negatives ?? int.MaxValue)]);
        })];
    }
}
