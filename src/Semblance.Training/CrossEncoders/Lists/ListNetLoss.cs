using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Represents the cross-entropy between the top-one probabilities of the candidates by label and by score (Cao et al. 2007, "Learning to
/// Rank: From Pairwise Approach to Listwise Approach", doi:10.1145/1273496.1273513).
/// </summary>
/// <remarks>A relevance label for each candidate; without labels, the first candidate is 1 and the others are 0.</remarks>
public sealed class ListNetLoss(CrossEncoderLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    private const string Cao =
        """
        @inproceedings{cao2007learning,
            title = {Learning to Rank: From Pairwise Approach to Listwise Approach},
            author = {Zhe Cao and Tao Qin and Tie-Yan Liu and Ming-Feng Tsai and Hang Li},
            booktitle = {Proceedings of the 24th International Conference on Machine Learning},
            pages = {129-136},
            year = {2007},
            doi = {10.1145/1273496.1273513}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(ListNetLoss), ModelOutputKind.Logits, ["mini-batch"], (node, _) => new ListNetLoss(CrossEncoderLossSettings.Read(node)));

    /// <summary>Gets the settings.</summary>
    public CrossEncoderLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Cao];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var chances = input.RequireRelevances(this);
        foreach (var row in chances)
        {
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax(row, row);
        }

        // Padding has the probability 0, but 0 · −∞ is not a number, so only real candidates are gathered.
        var table = new CandidateTable(input);
        var logarithms = run.LogSoftmax(table.Of(run, input.Logits));
        int[] real = [.. input.Counts.SelectMany((count, row) => Enumerable.Range(row * logarithms.Columns, count))];
        var picked = run.Gather(logarithms, real, real.Length, 1);
        return run.Scale(run.Sum(run.ScaleRows(picked, [.. chances.SelectMany(row => row)])), -1f / input.Counts.Count);
    }
}
