using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Conversion;

/// <summary>Writes the weights and the modules of a converted model beside its configuration and tokenizer.</summary>
internal static class ConvertedFolder
{
    /// <summary>Completes a folder that has the files of the tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="configuration">The configuration, which is written as <c>config.json</c>.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="pooling">The pooling of a folder without modules.</param>
    /// <param name="options">The options of the conversion.</param>
    public static void Complete(
        string folder, ConfigurationFile configuration, ConvertedWeights weights, Pooling pooling, ConversionOptions options)
    {
        var root = Path.Combine(folder, ModuleList.FirstFolder(folder));
        var kind = ModelKinds.Of(folder);
        if (kind is ModelKind.SentenceTransformer or ModelKind.MultiVectorEncoder)
        {
            var transformer = Architectures.Of(configuration).Load(configuration, weights);
            weights.Check();
            _ = new TransformerModule(Tokenizer.Load(root).LimitVocabulary(transformer.VocabularySize), transformer); // they must fit
            transformer.Save(root, options.Weights);
            if (kind == ModelKind.SentenceTransformer && !ModuleList.Exists(folder))
            {
                AddModules(folder, new PoolingModule(transformer.HiddenSize, [pooling]), options.Normalize);
            }
        }
        else
        {
            var model = TaskModel.Load(configuration, weights);
            _ = new TransformerModule(Tokenizer.Load(root).LimitVocabulary(model.Body.VocabularySize), model.Body);
            model.Save(root, options.Weights);
        }
    }

    private static void AddModules(string folder, PoolingModule pooling, bool normalize)
    {
        const string Transformer = "sentence_transformers.models.Transformer";
        const string PoolingFolder = "1_Pooling";
        pooling.Save(Directory.CreateDirectory(Path.Combine(folder, PoolingFolder)).FullName);
        List<(string, string)> modules = [("", Transformer), (PoolingFolder, pooling.Type)];
        if (normalize)
        {
            const string NormalizeFolder = "2_Normalize";
            Directory.CreateDirectory(Path.Combine(folder, NormalizeFolder));
            modules.Add((NormalizeFolder, new NormalizeModule().Type));
        }

        ModuleList.Save(folder, modules);
    }
}
