using System.Globalization;
using System.Text.RegularExpressions;
using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>
/// Represents the parameters of a deeper model: those of a model in memory, with copies of its layers between them that add nothing to
/// their input at first.
/// </summary>
/// <remarks>
/// The depth grows by copies of layers (Gong et al. 2019, "Efficient Training of BERT by Progressively Stacking"). In a copy, the outputs
/// of attention and of the feed-forward block are 0, so that only its norms act on its input (Chen et al. 2016, arXiv:1511.05641).
/// Both norms are those of the layer before, which its input has already passed.
/// </remarks>
/// <param name="parameters">The parameters under BERT's names.</param>
/// <param name="layers">The number of layers of the model.</param>
/// <param name="deeper">The number of layers of the deeper model.</param>
internal sealed partial class DeeperWeights(IEnumerable<Parameter> parameters, int layers, int deeper) : Weights
{
    private readonly TensorWeights _weights = new(parameters, shared: false);

    public override bool Contains(string name) => _weights.Contains(Source(name).Name);

    public override Tensor? Find(string name, ReadOnlySpan<int> shape)
    {
        var (source, isCopy) = Source(name);
        if (isCopy && OutputOfBlock.IsMatch(name))
        {
            return Tensors.Tensor.Zeros(shape);
        }

        var stored = isCopy ? source.Replace(".attention.output.LayerNorm.", ".output.LayerNorm.", StringComparison.Ordinal) : source;
        return _weights.Find(stored, shape);
    }

    // The first of the layers with the same source is that layer itself; the others are copies.
    private (string Name, bool IsCopy) Source(string name)
    {
        if (LayerNumber.Match(name) is not { Success: true } match)
        {
            return (name, false);
        }

        var layer = int.Parse(match.ValueSpan, CultureInfo.InvariantCulture);
        var source = SourceOf(layer);
        return ($"{name[..match.Index]}{source}{name[(match.Index + match.Length)..]}", layer > 0 && SourceOf(layer - 1) == source);
    }

    private int SourceOf(int layer) => (int)((long)layer * layers / deeper);

    [GeneratedRegex(@"(?<=^encoder\.layer\.)\d+(?=\.)")]
    private static partial Regex LayerNumber { get; }

    [GeneratedRegex(@"\.output\.dense\.(weight|bias)$")]
    private static partial Regex OutputOfBlock { get; }
}
