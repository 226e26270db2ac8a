using Semblance.Modules;
using Semblance.Transformers.Adapters;

namespace Semblance;

/// <summary>Provides the adapters of folders: what they are, and their merging into whole models.</summary>
public static class AdapterFolders
{
    private const int MostFolders = 10_000;

    /// <summary>Reads the files of an adapter without its model.</summary>
    /// <param name="folder">The folder of the adapter.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="FormatException">A file is damaged, or the method or a setting is not supported.</exception>
    public static AdapterSummary Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var config = AdapterConfig.Load(folder);
        var file = Adapter.Open(folder);
        var parameters = file.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        return new AdapterSummary(folder, config, parameters, file.Tensors.Count, new FileInfo(file.Path).Length);
    }

    /// <summary>Finds the adapters in a folder and in the folders directly and indirectly below it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The folders with adapters, in alphabetical order.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> Find(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with adapters.");
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return
        [
            .. Directory.EnumerateFiles(folder, AdapterConfig.FileName, options).Take(MostFolders)
                .Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Merges an adapter into its model and writes the whole model.</summary>
    /// <param name="folder">The folder of the adapter.</param>
    /// <param name="model">The folder or the Hub id of the model; null for the base model that the adapter names.</param>
    /// <param name="output">The folder of the whole model; a model in it is replaced in one step.</param>
    /// <returns>The kind of model that was written.</returns>
    /// <exception cref="NotSupportedException">The method of the adapter cannot be expressed as weights.</exception>
    /// <exception cref="FormatException">A file is damaged, or the adapter belongs to another model.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static ModelKind Merge(string folder, string? model, string output)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        var config = AdapterConfig.Load(folder);
        var kind = ModuleList.Exists(folder) ? ModelKinds.Of(folder)
            : config.TaskType switch
            {
                "SEQ_CLS" => ModelKind.CrossEncoder,
                "TOKEN_CLS" => ModelKind.TokenClassifier,
                "QUESTION_ANS" => ModelKind.QuestionAnswerer,
                _ => ModelKinds.Of(model is not null ? ModelFolder.Find(model, null) : AdapterBase.Find(folder)!),
            };
        switch (kind)
        {
            case ModelKind.CrossEncoder when AdapterBase.SettingsOf(folder)?.Text("problem_type") is not null:
                Merge<TextClassifier>(folder, model, output);
                break;
            case ModelKind.CrossEncoder:
                Merge<CrossEncoder>(folder, model, output);
                break;
            case ModelKind.SparseEncoder:
                Merge<SparseEncoder>(folder, model, output);
                break;
            case ModelKind.MultiVectorEncoder:
                Merge<MultiVectorEncoder>(folder, model, output);
                break;
            case ModelKind.TokenClassifier:
                Merge<TokenClassifier>(folder, model, output);
                break;
            case ModelKind.QuestionAnswerer:
                Merge<QuestionAnswerer>(folder, model, output);
                break;
            case ModelKind.SequenceToSequenceModel:
                Merge<SequenceToSequenceModel>(folder, model, output);
                break;
            default:
                Merge<SentenceTransformer>(folder, model, output);
                break;
        }

        return kind;
    }

    private static void Merge<TEncoder>(string folder, string? model, string output)
        where TEncoder : Encoder<TEncoder>, ILoadable<TEncoder>
    {
        var encoder = Encoder<TEncoder>.Load(model ?? folder);
        var adapter = model is null ? encoder.Body!.Adapter! : encoder.LoadAdapter(folder);
        adapter.Merge();
        encoder.Save(output);
    }
}
