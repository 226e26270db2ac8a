using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Represents the mean squared error between the model's margins and a teacher's, where a margin is the score of the positive minus that of
/// a negative (Hofstätter et al. 2020, arXiv:2010.02666).
/// </summary>
/// <remarks>
/// Query, positive and one or more negatives; the labels are the teacher's margins, one for each negative, or its scores of the positive
/// and of each negative.
/// </remarks>
public sealed class MarginMSELoss(CrossEncoderLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MarginMSELoss), ModelOutputKind.Logits, ["mini-batch"], (node, _) => new MarginMSELoss(CrossEncoderLossSettings.Read(node)));

    /// <summary>Gets the settings.</summary>
    public CrossEncoderLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hofstaetter];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireScores(this);
        input.RequireCandidates(this, 2);
        var isScored = input.Labels is [var first, ..] && first.Count == input.Counts[0];
        var labels = input.RequireLabels(
            this, count => isScored ? count : count - 1, "a margin for each negative, or a score for each text after the first");
        var starts = input.Starts();
        var negatives = labels
            .SelectMany((row, i) => Enumerable.Range(1, input.Counts[i] - 1)
                .Select(j => (Row: i, Place: starts[i] + j, Margin: isScored ? row[0] - row[j] : row[j - 1])))
            .ToArray();
        var positive = run.Gather(input.Logits, Array.ConvertAll(negatives, negative => starts[negative.Row]), negatives.Length, 1);
        var negative = run.Gather(input.Logits, Array.ConvertAll(negatives, negative => negative.Place), negatives.Length, 1);
        return run.MeanSquaredError(
            run.Subtract(positive, negative), Tensor.From(Array.ConvertAll(negatives, negative => negative.Margin), negatives.Length, 1));
    }
}
