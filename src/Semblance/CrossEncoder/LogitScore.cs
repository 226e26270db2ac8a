using Semblance.Files.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>
/// The score of a pair from what a causal model would say next: the logit of the word for yes, less that of the word for no
/// (Qwen3-Reranker: Zhang et al. 2025, arXiv:2506.05176).
/// </summary>
/// <param name="TrueId">The id of the token that means yes.</param>
/// <param name="FalseId">The id of the token that means no; null where the logit of the other is the score.</param>
internal sealed record LogitScore(int TrueId, int? FalseId)
{
    private static readonly KnownKeys Keys = new KnownKeys().Honoured("false_token_id", "true_token_id").Unsupported("module_input_name", "causal_logits", "\"causal_logits\"");

    private const string Class = "LogitScore";
    private const string Folder = "1_" + Class;
    private static readonly Linear Difference = new(Tensor.From([1, -1], 1, 2), null);

    /// <summary>Gets what the module's file says that is not known, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the modules of a folder end with one.</summary>
    public static bool IsIn(IEnumerable<string> types) => types.Any(type => ModuleList.NameOf(type) == Class);

    /// <summary>
    /// That of a model: the one in its modules, or, where there is no list of them and the class is of a causal model, the logits of <c>yes</c> and
    /// <c>no</c>; null where the model has none.
    /// </summary>
    /// <exception cref="ModelFormatException">It is not all that follows a causal model, or its tokens are not the model's.</exception>
    public static LogitScore? Find(string folder, TaskModel model, Tokenizer tokenizer)
    {
        var isCausal = model.Architecture.EndsWith("ForCausalLM", StringComparison.Ordinal);
        if (!ModuleList.Exists(folder))
        {
            return !isCausal ? null : new LogitScore(Word(tokenizer, model, "yes"), Word(tokenizer, model, "no"));
        }

        var types = ModuleList.Types(folder);
        if (!isCausal && !IsIn(types))
        {
            return types is [var only] && ModuleList.NameOf(only) == "Transformer" ? null : throw new ModelFormatException(
                Path.Combine(folder, ModuleList.FileName),
                $"found the modules {string.Join(", ", types.Select(ModuleList.NameOf))}, which are not supported in a cross-encoder; supported are a Transformer alone, and a Transformer with a {Class}.");
        }

        if (types.Count != 2 || ModuleList.NameOf(types[0]) != "Transformer" || ModuleList.NameOf(types[1]) != Class)
        {
            throw new ModelFormatException(Path.Combine(folder, ModuleList.FileName), $"found the modules {string.Join(", ", types.Select(ModuleList.NameOf))}; a cross-encoder of a causal model has a Transformer and a {Class}.");
        }

        if (model.Task is not TaskKind.CausalLanguageModel)
        {
            throw model.Config.Fault("architectures", $"names '{model.Architecture}', which predicts no next word for the {Class}; expected a class whose name ends with ForCausalLM, or GPT2LMHeadModel");
        }

        var config = ConfigurationFile.Read(Path.Combine(ModuleList.FolderOf(folder, 1), "config.json")).Check(Keys);
        var last = model.Body.VocabularySize - 1;
        return new LogitScore(config.WholeNumber("true_token_id", 0, last), config.Find("false_token_id") is null ? null : config.WholeNumber("false_token_id", 0, last)) { Warnings = config.Warnings };
    }

    /// <summary>The scores of a batch, <c>[pairs × 1]</c>.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="words">The layer from hidden states to the logits of words.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">The tokens.</param>
    public Tensor Forward(Computation run, Linear words, Tensor hidden, PackedBatch batch)
    {
        words.ThrowIfWrapped("LogitScore");
        int[] ends = [.. batch.Offsets[1..].ToArray().Select(end => end - 1)];
        using var last = run.Rows(hidden, ends); // [pairs × hidden]
        using var rows = run.Rows(words.Weight, FalseId is { } no ? [TrueId, no] : [TrueId]); // of all logits, only these are asked for
        var logits = run.MatrixProduct(last, rows);
        return FalseId is null ? logits : run.Linear(logits, Difference);
    }

    /// <summary>Writes the list of modules and the module's own folder.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, Folder));
        JsonFile.Write(Path.Combine(folder, Folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("true_token_id", TrueId);
            json.WritePropertyName("false_token_id");
            if (FalseId is { } no)
            {
                json.WriteNumberValue(no);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteString("module_input_name", "causal_logits");
            json.WriteEndObject();
        });
        ModuleList.Save(folder, [("", "sentence_transformers.base.modules.transformer.Transformer"), (Folder, "sentence_transformers.cross_encoder.modules.logit_score.LogitScore")]);
    }

    private static int Word(Tokenizer tokenizer, TaskModel model, string word) => tokenizer.TokenToId(word)
        ?? throw model.Config.Fault("architectures", $"names '{model.Architecture}', whose words for yes and no make the score, but the tokenizer has no token '{word}'; name others in a {Folder}, listed in {ModuleList.FileName}");
}
