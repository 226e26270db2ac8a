using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of IA³ (Liu et al. 2022, arXiv:2205.05638): each output of keys and values, and each input of the second
/// feed-forward layer, is multiplied by a trained number.
/// </summary>
public sealed record Ia3Config : LayerAdapterConfig
{
    internal const string TypeName = "IA3";

    /// <summary>
    /// Gets the names of the selected layers whose inputs are scaled instead of the outputs; <see langword="null"/>, the default, for the
    /// usual ones of the architecture.
    /// </summary>
    public ModuleSelector? FeedForward { get; init; }

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => new KnownKeys()
        .Supported("feedforward_modules").Ignored("fan_in_fan_out", "init_ia3_weights").With(LayerKeys);

    internal static AdapterConfig Read(ConfigurationFile file) =>
        ReadTargets(file, new Ia3Config { FeedForward = ModuleSelector.Read(file, "feedforward_modules") });

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        base.Write(fields);
        fields["feedforward_modules"] = ModuleSelector.Json(FeedForward) ?? new JsonArray();
        fields["fan_in_fan_out"] = IsTransposed;
        fields["init_ia3_weights"] = true;
    }

    internal override LayerAdapterConfig Resolve(AdaptableModel model)
    {
        var resolved = (Ia3Config)base.Resolve(model);
        return FeedForward is null && Targets is null
            ? resolved with
            {
                FeedForward = ModuleSelector.Named([.. resolved.Targets!.Names.Where(name =>
                FeedForwardNames.Contains(name))])
            }
            : resolved;
    }

    internal override void Wrap(AdapterBuilder model, Random random)
    {
        foreach (var (name, layer) in Select(model))
        {
            if (layer is not Linear { Weight.Shape.Length: 2 } linear)
            {
                throw new ArgumentException(
                    $"The target module '{name}' is a {layer.GetType().Name}, to which IA³ cannot be applied; supported are "
                    + "linear layers.");
            }

            var scalesInputs = FeedForward is not null && model.Model.NamesOf(name).Any(each => FeedForward.Matches(each, layer));
            model.Add(name, layer, new Ia3Scales(linear, scalesInputs));
        }
    }

    private protected override ModuleSelector? Default(string modelType) => modelType switch
    {
        "bert" or "roberta" or "xlm-roberta" or "camembert" => ModuleSelector.Named("key", "value", "output.dense"),
        "deberta-v2" => ModuleSelector.Named("key_proj", "value_proj", "output.dense"),
        "t5" => ModuleSelector.Named("k", "v", "wo"),
        "llama" or "mistral" => ModuleSelector.Named("k_proj", "v_proj", "down_proj"),
        _ => null,
    };

    private static readonly string[] FeedForwardNames = ["output.dense", "wo", "down_proj"];
}
