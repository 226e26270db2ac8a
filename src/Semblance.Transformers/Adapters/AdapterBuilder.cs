using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Collects the wrappers that an adapter puts around the layers of a model.</summary>
internal sealed class AdapterBuilder(AdaptableModel model, AdapterConfig config)
{
    private readonly OrderedDictionary<string, (Layer Layer, AdapterWrapper Wrapper)> _wrappers = new(StringComparer.Ordinal);
    private readonly string[] _saved =
        [.. config.ModulesToSave, .. HeadsOf(config.TaskType).Except(config.ModulesToSave)];

    public AdaptableModel Model => model;

    public IReadOnlyDictionary<string, Layer> Layers => model.Layers;

    public OrderedDictionary<string, (Layer Layer, AdapterWrapper Wrapper)> Wrappers => _wrappers;

    public void Add(string name, Layer layer, AdapterWrapper wrapper) => _wrappers.Add(name, (layer, wrapper));

    /// <summary>Returns a value that indicates whether a layer is one that is trained in full, or part of one.</summary>
    public bool IsSaved(string name) => _saved.Any(module => IsPart(name, module));

    /// <summary>Adds the layers that are trained in full.</summary>
    /// <exception cref="ArgumentException">The model has no such layer.</exception>
    public void AddSaved()
    {
        foreach (var (name, layer) in Layers.Where(layer => IsSaved(layer.Key)))
        {
            Add(name, layer, OwnLayer.Create(layer, "modules_to_save"));
        }

        if (config.ModulesToSave.FirstOrDefault(module => !Layers.Keys.Any(name => IsPart(name, module))) is { } missing)
        {
            throw new ArgumentException(
                $"The model has no module '{missing}' to save with the adapter; its last layers are "
                + $"{string.Join(", ", Layers.Keys.TakeLast(3))}.");
        }
    }

    /// <summary>Adds the biases of all layers that have no wrapper yet, and of those of low rank.</summary>
    public void AddBiases()
    {
        foreach (var (name, layer) in Layers.Where(layer => layer.Value.Bias is not null && !_wrappers.ContainsKey(layer.Key)))
        {
            Add(name, layer, new OwnBias(layer));
        }
    }

    // PEFT saves the heads of these tasks with every adapter.
    private static string[] HeadsOf(string? task) => task switch
    {
        "SEQ_CLS" or "TOKEN_CLS" => ["classifier", "score"],
        "QUESTION_ANS" => ["qa_outputs"],
        _ => [],
    };

    private static bool IsPart(string name, string module) =>
        ModuleSelector.EndsWith(name, module) || $".{name}.".Contains($".{module}.", StringComparison.Ordinal);
}
