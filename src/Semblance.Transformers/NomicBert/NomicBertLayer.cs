using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.NomicBert;

/// <summary>Represents one layer: rotary attention and a feed-forward block, gated or plain, with a layer norm after each.</summary>
internal sealed class NomicBertLayer : TransformerLayer
{
    private const int WidthMultiple = 256; // the original pads the width of a gated block to a multiple of this

    private readonly AttentionHeads _heads;
    private readonly Linear _joined; // queries, keys and values
    private readonly Linear _output;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _inner;
    private readonly Linear? _gate;
    private readonly Linear _outer;
    private readonly LayerNorm _outputNorm;
    private readonly Activation _activation;
    private readonly float _dropout;

    public NomicBertLayer(ConfigurationFile config, ModelParameters parameters, AttentionHeads heads, int index)
    {
        int hidden = heads.Count * heads.Size, inner = config.Width("n_inner", 4 * hidden);
        bool attentionBias = config.Flag("qkv_proj_bias", true), innerBias = config.Flag("mlp_fc1_bias", true);
        var epsilon = config.Epsilon("layer_norm_epsilon", 1e-5f);
        var gated = config.Text("activation_function") is "glu" or "swiglu" or "geglu";
        _heads = heads;
        _dropout = config.Dropout("resid_pdrop");
        _activation = config.Text("activation_function") switch
        {
            "glu" => Activation.Sigmoid,
            "swiglu" => Activation.Silu,
            "geglu" => Activation.Gelu,
            _ => config.ReadActivation("activation_function", Activation.Gelu, "geglu", "glu", "swiglu"),
        };

        var name = $"encoder.layers.{index}";
        _joined = parameters.Linear(name + ".attn.Wqkv", 3 * hidden, hidden, attentionBias);
        _output = parameters.Linear(name + ".attn.out_proj", hidden, hidden, attentionBias);
        _attentionNorm = parameters.LayerNorm(name + ".norm1", hidden, epsilon);
        inner = gated ? (inner + WidthMultiple - 1) / WidthMultiple * WidthMultiple : inner;
        _inner = parameters.Linear(name + (gated ? ".mlp.fc11" : ".mlp.fc1"), inner, hidden, innerBias);
        _gate = gated ? parameters.Linear(name + ".mlp.fc12", inner, hidden, innerBias) : null;
        _outer = parameters.Linear(name + ".mlp.fc2", hidden, inner, config.Flag("mlp_fc2_bias", true));
        _outputNorm = parameters.LayerNorm(name + ".norm2", hidden, epsilon);
    }

    public override Tensor Forward(Computation run, Tensor x, AttentionContext context)
    {
        using var joined = run.Linear(x, _joined); // [tokens × 3 · hidden]
        using var mixture = _heads.Attend(run, joined, context.Batch);
        using var mixed = run.DropoutInPlace(run.Linear(mixture, _output), _dropout);
        using var attended = run.AddLayerNorm(mixed, x, _attentionNorm);
        using var inner = Inner(run, attended); // [tokens × inner]
        using var outer = run.DropoutInPlace(run.Linear(inner, _outer), _dropout);
        return run.AddLayerNorm(outer, attended, _outputNorm);
    }

    private Tensor Inner(Computation run, Tensor x)
    {
        if (_gate is null)
        {
            return run.Linear(x, _inner, _activation);
        }

        using var inner = run.Linear(x, _inner);
        using var gate = run.Linear(x, _gate, _activation);
        return run.Multiply(inner, gate);
    }
}
