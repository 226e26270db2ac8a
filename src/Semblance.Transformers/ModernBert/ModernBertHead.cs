using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.ModernBert;

/// <summary>Represents the head before the last layer of any ModernBERT task: a dense layer with an activation, and a norm.</summary>
internal sealed class ModernBertHead
{
    private readonly Linear _dense;
    private readonly LayerNorm _norm;
    private readonly Activation _activation;

    public ModernBertHead(ConfigurationFile config, ModelParameters own)
    {
        var hidden = config.WholeNumber("hidden_size", 1, int.MaxValue);
        _dense = own.Linear("head.dense", hidden, hidden, config.Flag("classifier_bias", false));
        _norm = own.LayerNorm("head.norm", hidden, config.Epsilon("norm_eps", 1e-5f), config.Flag("norm_bias", false));
        _activation = config.ReadActivation("classifier_activation", Activation.Gelu);
    }

    /// <returns><c>[rows × hidden]</c>.</returns>
    public Tensor Forward(Computation run, Tensor x)
    {
        using var dense = run.Linear(x, _dense, _activation);
        return run.LayerNorm(dense, _norm);
    }
}
