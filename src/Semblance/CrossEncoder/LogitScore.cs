using Semblance.Files.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>
/// Computes the score of a pair from the next token that a causal model predicts: the logit of the token for yes, minus that of the token
/// for no (Qwen3-Reranker: Zhang et al. 2025, arXiv:2506.05176).
/// </summary>
/// <param name="TrueId">The id of the token for yes.</param>
/// <param name="FalseId">The id of the token for no; null if the logit of the other is the score.</param>
internal sealed record LogitScore(int TrueId, int? FalseId)
{
    private static readonly KnownKeys Keys = new KnownKeys().Supported("false_token_id", "true_token_id")
        .Unsupported("module_input_name", "causal_logits", "\"causal_logits\"");

    private const string Class = "LogitScore";
    private const string Folder = "1_" + Class;
    private static readonly Linear Difference = new(Tensor.From([1, -1], 1, 2), null);

    /// <summary>Gets a warning, one sentence, for each unknown setting in the module's file.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Returns a value that indicates whether such a module is among the modules of a folder.</summary>
    public static bool IsIn(IEnumerable<string> types) => types.Any(type => ModuleList.NameOf(type) == Class);

    /// <summary>
    /// Returns the module of a model: the one in its module list, or, for a causal model without a list, one with the logits of <c>yes</c>
    /// and <c>no</c>; null if the model has none.
    /// </summary>
    /// <exception cref="ModelFormatException">
    /// The model has other modules after a causal model, or its tokenizer does not have the tokens.
    /// </exception>
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
                $"found the modules {string.Join(", ", types.Select(ModuleList.NameOf))}, which are not supported in a cross-encoder; "
                    + $"supported are a Transformer alone, and a Transformer with a {Class}.");
        }

        if (types.Count != 2 || ModuleList.NameOf(types[0]) != "Transformer" || ModuleList.NameOf(types[1]) != Class)
        {
            throw new ModelFormatException(Path.Combine(folder, ModuleList.FileName),
                $"found the modules {string.Join(", ", types.Select(ModuleList.NameOf))}; a cross-encoder of a causal model has a "
                + $"Transformer and a {Class}.");
        }

        if (model.Task is not TaskKind.CausalLanguageModel)
        {
            throw model.Config.Fault("architectures", $"names '{model.Architecture}', which has no language modeling head for the {Class}; "
                + "expected a class whose name ends with ForCausalLM, or GPT2LMHeadModel");
        }

        var config = ConfigurationFile.Read(Path.Combine(ModuleList.FolderOf(folder, 1), "config.json")).Check(Keys);
        var last = model.Body.VocabularySize - 1;
        return new LogitScore(config.WholeNumber("true_token_id", 0, last),
            config.Find("false_token_id") is null ? null : config.WholeNumber("false_token_id", 0, last))
        { Warnings = config.Warnings };
    }

    /// <summary>Computes the scores of a batch, <c>[pairs × 1]</c>.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="words">The layer from hidden states to vocabulary logits.</param>
    /// <param name="hidden">The hidden states, <c>[tokens × hidden size]</c>.</param>
    /// <param name="batch">The tokens.</param>
    public Tensor Forward(Computation run, Linear words, Tensor hidden, PackedBatch batch)
    {
        words.ThrowIfWrapped(run, "LogitScore");
        int[] ends = [.. batch.Offsets[1..].ToArray().Select(end => end - 1)];
        using var last = run.Rows(hidden, ends); // [pairs × hidden]
        using var rows = run.Rows(words.Weight, FalseId is { } no ? [TrueId, no] : [TrueId]); // only these logits are needed
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
        ModuleList.Save(folder, [("", "sentence_transformers.base.modules.transformer.Transformer"),
            (Folder, "sentence_transformers.cross_encoder.modules.logit_score.LogitScore")]);
    }

    private static int Word(Tokenizer tokenizer, TaskModel model, string word) => tokenizer.TokenToId(word)
        ?? throw model.Config.Fault("architectures", $"names '{model.Architecture}', whose score needs tokens for yes and no, but the "
            + $"tokenizer has no token '{word}'; set others in a {Folder}, listed in {ModuleList.FileName}");
}
