using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>
/// Represents the feed-forward block of a layer with its residual: two linear layers with an activation between them, a norm.
/// </summary>
internal sealed class BertFeedForward(BertConfig config, ModelParameters own, string inner, string output, string norm, bool dropout = true)
{
    private readonly Linear _inner = own.Linear(inner, config.IntermediateSize, config.HiddenSize);
    private readonly Linear _output = own.Linear(output, config.HiddenSize, config.IntermediateSize);
    private readonly LayerNorm _norm = own.LayerNorm(norm, config.HiddenSize, config.LayerNormEps);
    private readonly float _dropout = dropout ? config.HiddenDropoutProb : 0;

    // x: [tokens × hidden].
    public Tensor Forward(Computation run, Tensor x)
    {
        using var inside = run.Linear(x, _inner, config.HiddenAct); // [tokens × intermediate]
        using var outer = run.DropoutInPlace(run.Linear(inside, _output), _dropout); // [tokens × hidden]
        return run.AddLayerNorm(outer, x, _norm);
    }
}
