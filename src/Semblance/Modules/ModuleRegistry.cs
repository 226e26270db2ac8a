using System.Collections.Concurrent;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Loads the modules that <c>modules.json</c> names. A program registers its own modules before it loads a model that has them.
/// </summary>
public static class ModuleRegistry
{
    // The modules of the original, by the last part of their type: versions keep the same class in different namespaces.
    private static readonly Dictionary<string, Func<string, bool, Module>> Known = new(StringComparer.Ordinal)
    {
        ["Asym"] = RouterModule.Load, // what Router was called before
        ["BoW"] = (folder, _) => BoWModule.Load(folder),
        ["CLIPModel"] = ClipModule.Load,
        ["CNN"] = CNNModule.Load,
        ["Dense"] = DenseModule.Load,
        ["Dropout"] = (folder, _) => DropoutModule.Load(folder),
        ["LayerNorm"] = LayerNormModule.Load,
        ["LSTM"] = LSTMModule.Load,
        ["MLMTransformer"] = MaskedLanguageModule.Load,
        ["MultiVectorMask"] = (folder, _) => MultiVectorMaskModule.Load(folder),
        ["Normalize"] = (folder, _) => NormalizeModule.Load(folder),
        ["Pooling"] = (folder, _) => PoolingModule.Load(folder),
        ["Router"] = RouterModule.Load,
        ["SparseAutoEncoder"] = SparseAutoEncoderModule.Load,
        ["SparseStaticEmbedding"] = SparseStaticEmbeddingModule.Load,
        ["SpladePooling"] = (folder, _) => SpladePoolingModule.Load(folder),
        ["StaticEmbedding"] = StaticEmbeddingModule.Load,
        ["Transformer"] = TransformerModule.Load,
        ["WeightedLayerPooling"] = WeightedLayerPoolingModule.Load,
        ["WordEmbeddings"] = WordEmbeddingsModule.Load,
        ["WordWeights"] = (folder, _) => WordWeightsModule.Load(folder),
    };

    private static readonly ConcurrentDictionary<string, Func<string, bool, Module>> Registered = new(StringComparer.Ordinal);

    /// <summary>
    /// Registers a module type, so that models that contain it can be loaded. A later registration of the same type replaces an earlier
    /// one.
    /// </summary>
    /// <param name="type">
    /// The module's type in <c>modules.json</c>, its <see cref="Module.Type"/>; it must not begin with <c>sentence_transformers.</c>.
    /// </param>
    /// <param name="load">
    /// Loads the module from its folder; the second argument is <see langword="true"/> for parameters that can be trained.
    /// </param>
    /// <exception cref="ArgumentException">The type is empty or begins with <c>sentence_transformers.</c>.</exception>
    public static void Register(string type, Func<string, bool, Module> load)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(load);
        Registered[type] = IsOriginal(type)
            ? throw new ArgumentException($"'{type}' is a type of sentence_transformers; choose a name of your own.", nameof(type)) : load;
    }

    /// <summary>Loads one module.</summary>
    /// <param name="path">The file that names the module, for messages.</param>
    /// <param name="type">The module's type in that file.</param>
    /// <param name="folder">The module's folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <param name="depth">The number of routers around the module.</param>
    internal static Module Load(string path, string type, string folder, bool trainable, int depth = 0)
    {
        var name = ModuleList.NameOf(type);
        if (!Registered.TryGetValue(type, out var load)
            && !((IsOriginal(type) || type == "pylate.models.Dense.Dense") && Known.TryGetValue(name, out load)))
        {
            throw new ModelFormatException(path, $"the module '{type}' is not supported; modules that are: {string.Join(", ", Known.Keys)} "
                + $"of sentence_transformers.models{string.Concat(Registered.Keys.Order().Select(other => $", {other}"))}.");
        }

        if (name is not ("Transformer" or "MLMTransformer"))
        {
            AdapterFiles.Refuse(folder);
        }

        return IsOriginal(type) && name is ("Router" or "Asym") ? RouterModule.Load(folder, trainable, depth) : load(folder, trainable);
    }

    /// <summary>Returns a value that indicates whether a type is one of sentence-transformers.</summary>
    internal static bool IsOriginal(string type) => type.StartsWith("sentence_transformers.", StringComparison.Ordinal);
}
