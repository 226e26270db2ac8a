using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents an adapter of a model: few parameters that change what its layers compute, in the files of PEFT. One loaded model can have
/// many adapters: a computation chooses one (<see cref="Wrappers"/>), or one is attached to the model, which is needed to train it.
/// </summary>
/// <remarks>
/// Using an adapter is thread-safe. Training, attaching, merging and restoring require exclusive access to the model.
/// </remarks>
public sealed class Adapter
{
    private const string Prefix = "base_model.model.";
    private const string FileName = "adapter_model.safetensors";
    private const string PickleName = "adapter_model.bin";

    private readonly OrderedDictionary<string, (Layer Layer, AdapterWrapper Wrapper)> _layers;

    private Adapter(AdaptableModel model, AdapterConfig config, OrderedDictionary<string, (Layer Layer, AdapterWrapper Wrapper)> layers)
    {
        (Model, Config, _layers) = (model, config, layers);
        Wrappers = layers.Values.ToDictionary(entry => entry.Layer, LayerWrapper (entry) => entry.Wrapper);
    }

    /// <summary>Gets the model that the adapter belongs to.</summary>
    public AdaptableModel Model { get; }

    /// <summary>Gets the settings.</summary>
    public AdapterConfig Config { get; }

    /// <summary>Gets the wrapper of each layer, for <see cref="Computation.Wrappers"/>.</summary>
    public IReadOnlyDictionary<Layer, LayerWrapper> Wrappers { get; }

    /// <summary>Gets the names of the layers that are changed.</summary>
    public IEnumerable<string> LayerNames => _layers.Keys;

    /// <summary>Gets the number of parameters of the adapter.</summary>
    public long ParameterCount => Parameters().Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Gets a value that indicates whether the adapter is attached to the model, so that computations use it by default.</summary>
    public bool IsAttached => Model.Body.Adapter == this;

    /// <summary>Gets a value that indicates whether the adapter is merged into the weights of the model.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Creates an adapter to be trained. It has no effect before, except with <see cref="LoraInitialization.Random"/>.</summary>
    /// <param name="model">The model, whose weights are not changed.</param>
    /// <param name="config">The settings.</param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">The settings do not fit the model.</exception>
    public static Adapter Create(AdaptableModel model, AdapterConfig config, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        config = config.BaseModel is null ? config with { BaseModel = model.Source } : config;
        config = config switch
        {
            LayerAdapterConfig layered => layered.Resolve(model),
            PromptLearningConfig prompt => prompt.Of(model.Body),
            _ => config,
        };

        var builder = new AdapterBuilder(model, config);
        builder.AddSaved();
        config.Wrap(builder, new Random(seed));
        if (config is LayerAdapterConfig selected)
        {
            config = selected with { IsTransposed = builder.Wrappers.Values.Any(entry => entry.Layer is Linear { IsTransposed: true }) };
        }

        return new Adapter(model, config, builder.Wrappers);
    }

    /// <summary>Loads the adapter of a folder for a model, without attaching it.</summary>
    /// <param name="folder">
    /// A folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> or <c>adapter_model.bin</c>.
    /// </param>
    /// <param name="model">The model that the adapter was trained with.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFormatException">
    /// The adapter belongs to another model, or its method or a setting is not supported.
    /// </exception>
    /// <exception cref="CheckpointFormatException">The file of the parameters cannot be read.</exception>
    public static Adapter Load(string folder, AdaptableModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var config = AdapterConfig.Load(folder);
        Adapter adapter;
        try
        {
            adapter = Create(model, config);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(
                Path.Combine(folder, AdapterConfig.FileName), $"the adapter {Described(config)} does not fit the model: {e.Message}", e);
        }

        adapter.Read(Open(folder));
        return adapter;
    }

    /// <summary>Returns the parameters of the adapter, under the names that they have in an attached model.</summary>
    public IEnumerable<Parameter> Parameters() => _layers.SelectMany(entry => entry.Value.Wrapper.Parameters(entry.Key));

    /// <summary>
    /// Returns the parameters to train: those of the adapter, and those that do not belong to the model, such as a loss's or a later
    /// module's.
    /// </summary>
    /// <param name="parameters">All parameters.</param>
    public IReadOnlyList<Parameter> SelectTrained(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        HashSet<Tensor> own = [.. Parameters().Select(parameter => parameter.Value)];
        var frozen = Model.Parameters().Select(parameter => parameter.Value).Where(tensor => !own.Contains(tensor)).ToHashSet();
        return [.. parameters.Where(parameter => !frozen.Contains(parameter.Value))];
    }

    /// <summary>Attaches the adapter to the model: computations that choose no adapter use it, and it can be trained.</summary>
    /// <exception cref="InvalidOperationException">The model has another adapter.</exception>
    public void Attach()
    {
        if (IsAttached)
        {
            return;
        }

        if (Model.Body.Adapter is { } other)
        {
            throw new InvalidOperationException($"The model has an adapter {Described(other.Config)}; detach it first.");
        }

        foreach (var (layer, wrapper) in _layers.Values)
        {
            layer.Wrap(wrapper);
        }

        Model.Body.Adapter = this;
    }

    /// <summary>Removes the adapter from the model, whose weights are as before. Nothing happens if it is not attached.</summary>
    public void Detach()
    {
        if (!IsAttached)
        {
            return;
        }

        foreach (var (layer, _) in _layers.Values)
        {
            layer.Unwrap();
        }

        (Model.Body.Adapter, IsMerged) = (null, false);
    }

    /// <summary>
    /// Attaches the adapter and merges it into the weights of the model, so that it costs nothing; saving the model then writes the merged
    /// weights. Nothing happens if it is merged already.
    /// </summary>
    /// <exception cref="NotSupportedException">The method cannot be expressed as weights.</exception>
    /// <exception cref="InvalidOperationException">The model has another adapter.</exception>
    public void Merge()
    {
        if (!Config.CanMerge)
        {
            throw new NotSupportedException($"An adapter {Described(Config)} cannot be merged into weights; load it beside its model.");
        }

        Attach();
        foreach (var (layer, _) in _layers.Values.Where(entry => !entry.Layer.IsMerged))
        {
            layer.Merge();
        }

        IsMerged = true;
    }

    /// <summary>Restores the weights of the model, with the adapter beside them again. Nothing happens if it is not merged.</summary>
    public void Restore()
    {
        foreach (var (layer, _) in _layers.Values.Where(entry => IsMerged && entry.Layer.IsMerged))
        {
            layer.Restore();
        }

        IsMerged = false;
    }

    /// <summary>Writes <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>, which PEFT loads.</summary>
    /// <param name="folder">The folder, which is created if it does not exist. Other files of it stay.</param>
    /// <param name="weights">
    /// The data type of the parameters: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = "pt";
        foreach (var (name, tensor) in Saved())
        {
            writer.Add(name, tensor, weights);
        }

        AtomicFolder.Write(folder, name => name is AdapterConfig.FileName or FileName or PickleName, written =>
        {
            writer.Save(Path.Combine(written, FileName));
            Config.WithTrained(Layers).Save(written);
        });
    }

    /// <summary>Returns the method, the number of layers and the number of parameters.</summary>
    public override string ToString() => $"{Config.PeftType}({_layers.Count} layers, {ParameterCount} parameters)";

    /// <summary>Returns the kind and the base model of an adapter, for messages.</summary>
    internal static string Described(AdapterConfig config) =>
        $"({config.PeftType}){(config.BaseModel is { } model ? $" for '{model}'" : "")}";

    /// <summary>Gets the wrappers by the names of their layers.</summary>
    internal IEnumerable<KeyValuePair<string, AdapterWrapper>> Layers =>
        _layers.Select(layer => KeyValuePair.Create(layer.Key, layer.Value.Wrapper));

    private IEnumerable<Parameter> Saved() =>
        _layers.SelectMany(entry => entry.Value.Wrapper.Saved(Prefix + entry.Key));

    /// <summary>Opens the parameters of an adapter's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">The folder has none.</exception>
    /// <exception cref="CheckpointFormatException">The file cannot be read.</exception>
    public static Checkpoint Open(string folder)
    {
        var path = Array.Find([FileName, PickleName], name => File.Exists(Path.Combine(folder, name)));
        return path is not null
            ? Checkpoint.OpenFile(Path.Combine(folder, path))
            : throw new FileNotFoundException($"{folder}: the adapter has no parameters; expected {FileName} or {PickleName}.");
    }

    private void Read(Checkpoint file)
    {
        var (problems, used) = (new List<string>(), new HashSet<string>());
        foreach (var (name, (_, wrapper)) in _layers)
        {
            wrapper.BeginLoading();
            var names = Model.NamesOf(name).Select(each => wrapper.Saved(Prefix + each).Select(parameter =>
                parameter.Name).ToArray()).ToArray();
            var parameters = wrapper.Saved(Prefix + name).ToArray();
            for (var i = 0; i < parameters.Length; i++)
            {
                Read(file, [.. names.Select(variant => variant[i])], parameters[i].Value, problems, used);
            }
        }

        string[] rest = [.. file.Tensors.Select(tensor => tensor.Name).Where(name => !used.Contains(name)).Order(StringComparer.Ordinal)];
        if (rest.Length > 0)
        {
            problems.Add($"the model has no place for {string.Join(", ", rest.Take(3).Select(name => $"'{name}'"))}"
                + $"{(rest.Length > 3 ? ", …" : "")}");
        }

        if (problems.Count > 0)
        {
            throw new ModelFormatException(
                file.Path, $"the adapter {Described(Config)} does not fit the model: {string.Join("; ", problems.Take(3))}"
                + $"{(problems.Count > 3 ? $"; and {problems.Count - 3} more" : "")}. Load it with the model that it was trained with.");
        }
    }

    private static void Read(Checkpoint file, string[] names, Tensor target, List<string> problems, HashSet<string> used)
    {
        if (Array.Find(names, file.Contains) is not { } name)
        {
            problems.Add($"'{names[0]}' is missing");
            return;
        }

        used.Add(name);
        var tensor = file.Read(name);
        if (!tensor.Shape.SequenceEqual(target.Shape))
        {
            problems.Add(
                $"'{name}' is [{string.Join(", ", tensor.Shape.ToArray())}], expected [{string.Join(", ", target.Shape.ToArray())}]");
        }
        else if (!CheckpointWeights.IsFinite(tensor))
        {
            problems.Add($"'{name}' has a value that is not finite");
        }
        else
        {
            tensor.CopyTo(0, target.Writable);
        }
    }
}
