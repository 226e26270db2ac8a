using System.Runtime.InteropServices;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Reads and writes the late-interaction head of a sentence encoder's folder: a second list of modules, which begins with the folder's own
/// transformer, and the settings that a folder of its own has in <c>config_sentence_transformers.json</c> and
/// <c>sentence_bert_config.json</c>.
/// </summary>
internal static class MultiVectorHead
{
    /// <summary>The name of the list of modules.</summary>
    public const string ListFile = "multi_vector_modules.json";

    /// <summary>The name of the settings.</summary>
    public const string ConfigFile = "multi_vector_config.json";

    // The folders of the dense modules have no such prefix, so those of the head never take their places.
    private const string Prefix = "multivector";

    /// <summary>Returns a value that indicates whether a folder has a head.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, ListFile));

    /// <summary>Throws if a folder has no head.</summary>
    /// <exception cref="ModelFormatException">There is none.</exception>
    public static void Require(string folder)
    {
        if (!Exists(folder))
        {
            throw new ModelFormatException(folder, $"the model has no late-interaction head ({ListFile}); name a cross-encoder, a "
                + "late-interaction model, or a sentence encoder, which ranks by its token vectors.");
        }
    }

    /// <summary>Loads the modules and settings.</summary>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    public static (IReadOnlyList<Module> Modules, MultiVectorConfig Config, IReadOnlyList<string> Warnings) Load(
        string folder, bool trainable)
    {
        var path = Path.Combine(folder, ConfigFile);
        var (config, maxLength) = File.Exists(path) ? MultiVectorConfig.LoadHead(path) : (new MultiVectorConfig(), null);
        var (modules, warnings) = ModuleList.Load(
            folder,
            trainable,
            listed => listed.Select((module, i) => module switch
            {
                TransformerModule transformer when i == 0 && maxLength is { } length => transformer.WithMaxLength(length),
                DenseModule dense => dense.ForTokens(),
                _ => module,
            }),
            ListFile);
        return (modules, config, warnings);
    }

    /// <summary>Writes the modules behind the transformer, and the settings, in one step.</summary>
    /// <exception cref="ArgumentException">The folder's transformer is another, or the folder holds a model of another kind.</exception>
    public static void Save(MultiVectorEncoder model, string folder, DType weights)
    {
        var input = (TransformerModule)model.Modules[0];
        var place = RequireSame(input, folder);
        var belongs = Belongs(folder);
        AtomicFolder.Write(folder, belongs, written =>
        {
            // Within the save of an outer folder, an earlier head is here.
            foreach (var file in Directory.GetFiles(written, "*", SearchOption.AllDirectories)
                .Where(file => belongs(Path.GetRelativePath(written, file).Replace('\\', '/'))))
            {
                File.Delete(file);
            }

            var entries = new List<(string Folder, string Type)> { (place, input.Type) };
            foreach (var (i, module) in model.Modules.Index().Skip(1))
            {
                var name = $"{Prefix}_{i}_{ModuleList.NameOf(module.Type)}";
                module.Save(Directory.CreateDirectory(Path.Combine(written, name)).FullName, weights);
                entries.Add((name, module.Type));
            }

            model.Config.SaveHead(written, ConfigFile, input.MaxSequenceLength);
            ModuleList.Save(written, entries, ListFile);
        });
    }

    /// <summary>Returns a predicate that tells which paths of a folder are files of its head alone.</summary>
    private static Func<string, bool> Belongs(string folder)
    {
        var isModels = ModelFiles.In(folder);
        var others = ModelFiles.Listed(folder, ModuleList.FileName);
        var own = ModelFiles.Listed(folder, ListFile).Where(inner => !others.Contains(inner)).ToHashSet(StringComparer.Ordinal);
        return path => path is ListFile or ConfigFile
            || (path.LastIndexOf('/') is > 0 and var slash && isModels(path)
                && (own.Contains(path[..slash]) || path.StartsWith(Prefix + "_", StringComparison.Ordinal)));
    }

    // Returns the place of the transformer in the folder.
    private static string RequireSame(TransformerModule input, string folder)
    {
        if (ModelKinds.Of(folder) is var kind && kind != ModelKind.SentenceTransformer)
        {
            throw Fault($"holds a model of the kind {kind}, but a head stands beside a SentenceTransformer");
        }

        var place = ModuleList.FirstFolder(folder);
        var found = TransformerModule.Load(ModuleList.Inside(Path.Combine(folder, ModuleList.FileName), folder, place));
        var (expected, actual) = (input.Transformer.Parameters().ToArray(), found.Transformer.Parameters().ToArray());
        if (expected.Length != actual.Length || found.LowerCase != input.LowerCase)
        {
            throw Fault("holds another transformer than that of the head");
        }

        foreach (var (mine, other) in expected.Zip(actual))
        {
            if (mine.Name != other.Name || !mine.Value.Shape.SequenceEqual(other.Value.Shape)
                || !MemoryMarshal.AsBytes(mine.Value.Values).SequenceEqual(MemoryMarshal.AsBytes(other.Value.Values)))
            {
                throw Fault($"holds another transformer than that of the head: the parameter '{mine.Name}' differs");
            }
        }

        return place;

        ArgumentException Fault(string problem) =>
            new($"{folder}: the folder {problem}; save the head beside the model that it was made from, or the whole model with Save.",
                nameof(folder));
    }
}
