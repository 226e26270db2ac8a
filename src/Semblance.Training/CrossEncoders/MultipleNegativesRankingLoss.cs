using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="MultipleNegativesRankingLoss"/>.</summary>
public record MultipleNegativesRankingLossSettings : CrossEncoderLossSettings
{
    /// <summary>
    /// Gets the number of negatives that are sampled from other rows for each query, from 0; 4 by default, <see langword="null"/> for all.
    /// </summary>
    public int? Negatives
    {
        get;
        init => field = value is null or >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Negatives), value, "The number of negatives must be from 0.");
    } = 4;

    /// <summary>Gets the factor of the activated scores: the inverse of the temperature; 10 by default.</summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 10;

    /// <summary>
    /// Gets the activation of the scores; the logistic function by default. <see cref="Activation.Identity"/> with a scale of 1 uses the
    /// logits.
    /// </summary>
    public Activation Activation { get; init; } = Activation.Sigmoid;

    internal static new MultipleNegativesRankingLossSettings Read(RecipeNode node)
    {
        var usual = new MultipleNegativesRankingLossSettings();
        return usual with
        {
            Negatives = node.Find("negatives") is not { } negatives
                ? usual.Negatives
                : negatives.Text() == "all"
                ? null
                : negatives.Number(0, int.MaxValue),
            Scale = node.Scale(usual.Scale),
            Activation = node.Find("activation")?.OneOf(
                ("sigmoid", Activation.Sigmoid), ("identity", Activation.Identity), ("tanh", Activation.Tanh))
                ?? usual.Activation,
        };
    }
}

/// <summary>
/// Represents the cross-entropy over the scaled scores of a query's positive, its own negatives and texts sampled from other rows (van den
/// Oord et al. 2018, arXiv:1807.03748, as InfoNCE).
/// </summary>
/// <remarks>
/// Query, positive and any number of negatives; no labels. Sampled are texts of other rows that the row does not contain, or all of them if
/// there are fewer. The batch's <see cref="TrainingBatch.DropoutSeed"/> determines the sample; without it, the sample is the same each
/// time.
/// </remarks>
public class MultipleNegativesRankingLoss(MultipleNegativesRankingLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MultipleNegativesRankingLoss), ModelOutputKind.Logits, ["negatives", "scale", "activation"],
        (node, _) => new MultipleNegativesRankingLoss(MultipleNegativesRankingLossSettings.Read(node)));

    /// <summary>Gets the settings.</summary>
    public MultipleNegativesRankingLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Oord];

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireScores(this);
        if (input.Counts.All(count => count == 1))
        {
            throw new LossInputException(
                $"{Name} has no negatives in a batch of {input.Counts.Count} rows; use larger batches, or give rows negatives.");
        }

        var scores = Settings.Activation == Activation.Identity ? input.Logits : run.Activate(input.Logits, Settings.Activation);
        return run.CrossEntropy(new CandidateTable(input).Of(run, run.Scale(scores, Settings.Scale)), new int[input.Counts.Count]);
    }

    /// <inheritdoc/>
    public sealed override TrainingBatch Prepare(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var texts = batch.Rows.SelectMany(row => row.Texts.Skip(1)).Distinct(StringComparer.Ordinal).ToArray();
        return batch with
        {
            Rows = [.. batch.Rows.Select((row, i) =>
        {
            var others = Permutation.Of(texts.Length, (long)(batch.DropoutSeed ?? 0), i).Select(place => texts[place]).Except(
                row.Texts.Skip(1), StringComparer.Ordinal);
            return new Example([.. row.Texts, .. others.Take(Settings.Negatives ?? int.MaxValue)]);
        })],
        };
    }
}
