using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents the settings of a method that changes selected layers.</summary>
public abstract partial record LayerAdapterConfig : AdapterConfig
{
    private protected LayerAdapterConfig()
    {
    }

    /// <summary>
    /// Gets the selector of the layers that are changed; <see langword="null"/>, the default, for the usual layers of the architecture.
    /// </summary>
    public ModuleSelector? Targets { get; init; }

    /// <summary>Gets the selector of layers that are left out although they are selected; <see langword="null"/> for none.</summary>
    public ModuleSelector? Excluded { get; init; }

    /// <summary>Gets the indices of the transformer's layers to which the method is limited; empty, the default, for all.</summary>
    public IReadOnlyList<int> LayersToTransform { get; init; } = [];

    /// <summary>
    /// Gets the names before the index of a transformer's layer, such as <c>layer</c>; empty, the default, for any name.
    /// </summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary>Gets a value that indicates whether a selected layer stores its weight transposed, as in GPT-2.</summary>
    internal bool IsTransposed { get; init; }

    /// <summary>Gets the keys that the methods of layers share.</summary>
    private protected static KnownKeys LayerKeys => new KnownKeys()
        .Supported("exclude_modules", "layers_pattern", "layers_to_transform", "target_modules").With(CommonKeys);

    /// <summary>Reads the settings that the methods of layers share.</summary>
    private protected static T ReadTargets<T>(ConfigurationFile file, T config)
        where T : LayerAdapterConfig => config with
        {
            Targets = ModuleSelector.Read(file, "target_modules"),
            Excluded = ModuleSelector.Read(file, "exclude_modules"),
            LayersToTransform = ReadIndices(file),
            LayersPattern = file.Find("layers_pattern") is { ValueKind: JsonValueKind.String }
                ? [file.Text("layers_pattern")!] : file.Texts("layers_pattern"),
        };

    /// <summary>Adds the settings that the methods of layers share.</summary>
    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        fields["target_modules"] = ModuleSelector.Json(Targets);
        fields["exclude_modules"] = ModuleSelector.Json(Excluded);
        fields["layers_to_transform"] = LayersToTransform.Count == 0 ? null
            : new JsonArray([.. LayersToTransform.Select(i => (JsonNode)i)]);
        fields["layers_pattern"] = LayersPattern.Count == 0 ? null : ModuleSelector.Json(LayersPattern);
    }

    /// <summary>Returns the usual selector of an architecture; <see langword="null"/> if the selector must be given.</summary>
    /// <param name="modelType">The architecture.</param>
    private protected abstract ModuleSelector? Default(string modelType);

    /// <summary>Returns the settings with the selector that applies to a model.</summary>
    /// <exception cref="ArgumentException">The architecture has no usual layers.</exception>
    internal virtual LayerAdapterConfig Resolve(AdaptableModel model) => Targets is not null
        ? this
        : this with
        {
            Targets = Default(model.Body.ModelType) ?? throw new ArgumentException(
                $"The target modules are not given, and {PeftType} has no usual ones for '{model.Body.ModelType}'; name them, as in "
                + $"{string.Join(", ", model.LinearNames)}."),
        };

    /// <summary>Returns the selected layers of a model.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    private protected IReadOnlyList<KeyValuePair<string, Layer>> Select(AdapterBuilder model)
    {
        var targets = Targets!;
        KeyValuePair<string, Layer>[] found =
        [
            .. model.Layers.Where(layer =>
                !model.IsSaved(layer.Key) && (!targets.IsAllLinear || model.Model.IsOfBody(layer.Key))
                && model.Model.NamesOf(layer.Key).Any(name =>
                    targets.Matches(name, layer.Value) && Excluded?.Matches(name, layer.Value) != true && IsOfLayers(name))),
        ];
        return found.Length > 0
            ? found
            : throw new ArgumentException(
                $"The target modules {targets} are no layers of the model; its linear layers end with "
                + $"{string.Join(", ", model.Model.LinearNames)}.");
    }

    private bool IsOfLayers(string name)
    {
        if (LayersToTransform.Count == 0)
        {
            return true;
        }

        var match = LayerIndex().Matches(name)
            .FirstOrDefault(match => LayersPattern.Count == 0 || LayersPattern.Contains(match.Groups[1].Value));
        return match is not null && LayersToTransform.Contains(int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static IReadOnlyList<int> ReadIndices(ConfigurationFile file)
    {
        const string Field = "layers_to_transform";
        if (file.Find(Field) is not { } value)
        {
            return [];
        }

        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return items.All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
            ? [.. items.Select(item => item.GetInt32())]
            : throw file.Fault(Field, "is not an index of a layer or a list of them");
    }

    [GeneratedRegex(@"(?:^|\.)([^.]+)\.(\d{1,6})(?=\.)", RegexOptions.CultureInvariant)]
    private static partial Regex LayerIndex();
}
