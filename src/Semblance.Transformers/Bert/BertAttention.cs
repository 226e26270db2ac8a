using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>Represents the attention block of a layer with its residual: attention, a linear layer, a norm.</summary>
internal sealed class BertAttention(
    BertConfig config, ModelParameters own, SelfAttention attention, string output, string norm, bool dropout = true)
{
    private readonly Linear _output = own.Linear(output, config.HiddenSize, config.HiddenSize);
    private readonly LayerNorm _norm = own.LayerNorm(norm, config.HiddenSize, config.LayerNormEps);
    private readonly float _dropout = dropout ? config.HiddenDropoutProb : 0;

    /// <summary>Creates BERT's block of a layer under BERT's names, with the given attention or BERT's.</summary>
    public static BertAttention Create(BertConfig config, ModelParameters own, string name, SelfAttention? self = null) => new(
        config, own, self ?? new BertSelfAttention(config, own, name + ".self.query", name + ".self.key", name + ".self.value"),
        name + ".output.dense", name + ".output.LayerNorm");

    // x: [query tokens × hidden], states: [key tokens × hidden].
    public Tensor Forward(Computation run, Tensor x, Tensor states, AttentionMask mask, AttentionContext context)
    {
        using var attended = attention.Forward(run, x, states, mask, context);
        using var mixed = run.DropoutInPlace(run.Linear(attended, _output), _dropout);
        return run.AddLayerNorm(mixed, x, _norm);
    }
}
