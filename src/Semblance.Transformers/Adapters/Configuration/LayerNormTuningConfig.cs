using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents the settings of layer-norm tuning (Zhao et al. 2023, arXiv:2312.11420): only norms are trained.</summary>
public sealed record LayerNormTuningConfig : LayerAdapterConfig
{
    internal const string TypeName = "LN_TUNING";

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => LayerKeys;

    internal static AdapterConfig Read(ConfigurationFile file) => ReadTargets(file, new LayerNormTuningConfig());

    internal override LayerAdapterConfig Resolve(AdaptableModel model)
    {
        // PEFT has no usual names for encoders; those of the model's norms serve.
        var names = model.Layers.Where(layer => layer.Value is LayerNorm or RmsNorm).Select(layer => layer.Key.Split('.')[^1]).Distinct();
        return Targets is null ? this with { Targets = ModuleSelector.Named([.. names]) } : this;
    }

    internal override void Wrap(AdapterBuilder model, Random random)
    {
        foreach (var (name, layer) in Select(model))
        {
            model.Add(name, layer, layer is LayerNorm or RmsNorm
                ? OwnLayer.Create(layer, "ln_tuning_layers")
                : throw new ArgumentException($"The target module '{name}' is a {layer.GetType().Name}, not a norm."));
        }
    }

    private protected override ModuleSelector? Default(string modelType) => null;
}
