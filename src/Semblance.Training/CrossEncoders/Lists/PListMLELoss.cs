using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="PListMLELoss"/>.</summary>
public record PListMLELossSettings : CrossEncoderLossSettings
{
    /// <summary>
    /// Gets the function from the number of candidates to the weights of their ranks, first rank first; 2ⁿ⁻ⁱ − 1 for rank i from 0 by
    /// default. The weights are normalized to a sum of 1.
    /// </summary>
    public Func<int, IReadOnlyList<float>> Weights { get; init; } = count =>
        [.. Enumerable.Range(0, count).Select(i => MathF.Pow(2, count - i) - 1)];

    /// <summary>
    /// Gets a value that indicates whether candidates are used in their given order, as in sentence-transformers, instead of sorted by
    /// their labels; <see langword="true"/> by default.
    /// </summary>
    public bool RespectInputOrder { get; init; } = true;

    internal new PListMLELossSettings Read(RecipeNode node) =>
        this with { RespectInputOrder = node.Flag("ordered", RespectInputOrder), MiniBatchSize = node.MiniBatchSize(MiniBatchSize) };
}

/// <summary>
/// Represents the negative log-likelihood of the correct order when candidates are drawn one after another by their scores, with weights
/// that favor the first ranks (Lan et al. 2014, "Position-Aware ListMLE", auai.org/uai2014/proceedings/individuals/164.pdf).
/// </summary>
/// <remarks>
/// The candidates in order, the most relevant first, or a relevance label for each. Lists of different lengths are computed separately.
/// </remarks>
public class PListMLELoss(PListMLELossSettings? settings = null) : CrossEncoderLoss(settings)
{
    private const string Lan =
        """
        @inproceedings{lan2014position,
            title = {Position-Aware ListMLE: A Sequential Learning Process for Ranking},
            author = {Yanyan Lan and Yadong Zhu and Jiafeng Guo and Shuzi Niu and Xueqi Cheng},
            booktitle = {Proceedings of the 30th Conference on Uncertainty in Artificial Intelligence},
            pages = {449-458},
            year = {2014}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(PListMLELoss), ModelOutputKind.Logits, ["ordered", "mini-batch"],
        (node, _) => new PListMLELoss(new PListMLELossSettings().Read(node)));

    /// <summary>Gets the settings.</summary>
    public PListMLELossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Lan];

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var labels = input.RequireRelevances(this);
        var (starts, columns) = (input.Starts(), input.Counts.Max());
        var (elements, leftOut, weights) = (new List<int>(), new List<bool>(), new List<float>());
        for (var row = 0; row < labels.Length; row++)
        {
            var count = labels[row].Length;
            int[] order = Settings.RespectInputOrder
                ? [.. Enumerable.Range(0, count)]
                : [.. Enumerable.Range(0, count).OrderByDescending(j => labels[row][j])];
            weights.AddRange(WeightsOf(count));
            for (var place = 0; place < count; place++)
            {
                // Rank i: the i-th candidate against all that remain.
                elements.AddRange(Enumerable.Range(0, columns).Select(j => starts[row] + order[Math.Min(place + j, count - 1)]));
                leftOut.AddRange(Enumerable.Range(0, columns).Select(j => place + j >= count));
            }
        }

        var left = run.LeaveOut(run.Gather(input.Logits, [.. elements], weights.Count, columns), (row, j) => leftOut[(row * columns) + j]);
        var drawn = run.Gather(
            run.LogSoftmax(left), [.. Enumerable.Range(0, weights.Count).Select(row => row * columns)], weights.Count, 1);
        return run.Scale(run.Sum(run.ScaleRows(drawn, [.. weights])), -1f / labels.Length);
    }

    private protected virtual IReadOnlyList<float> WeightsOf(int count)
    {
        var weights = Settings.Weights(count);
        var sum = weights.Sum();
        return weights.Count == count && sum > 0 && float.IsFinite(sum)
            ? [.. weights.Select(weight => weight / sum)]
            : throw new LossInputException(
                $"The weights of a list of {count} candidates are {string.Join(", ", weights)}; expected {count} numbers whose sum is "
                + "finite and above zero.");
    }
}
