using Semblance.Server.Models;
using Semblance.Tokenizers;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents <c>POST /decode</c>, and <c>/tokenize</c> with <c>inputs</c>.</summary>
internal static class TokenizeRoutes
{
    /// <summary>Maps <c>/decode</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Post<DecodeRequest, string[]>(
        TeiDialect.Instance, "/decode", "Converts token ids to texts", context => Tei.AnswerAsync(context, DecodeAsync));

    /// <summary>Divides the texts of a body into tokens.</summary>
    public static async Task<TeiAnswer> TokenizeAsync(HttpContext context, JsonElement body)
    {
        var request = Tei.Parse(body, TeiJson.Default.TokenizeRequest);
        var texts = request.Texts();
        using var lease = await AcquireAsync(context).ConfigureAwait(false);
        TeiToken[][] tokens =
            [.. texts.Select(text => Tokens(lease.Model, text, request.PromptName, request.AddSpecialTokens ?? true))];
        return TeiAnswer.Of(tokens, TeiJson.Default.TeiTokenArrayArray, null);
    }

    private static async Task<TeiAnswer> DecodeAsync(HttpContext context, JsonElement body)
    {
        var request = Tei.Parse(body, TeiJson.Default.DecodeRequest);
        if (request.Ids.Texts.Count == 0)
        {
            throw RequestException.Empty("ids");
        }

        using var lease = await AcquireAsync(context).ConfigureAwait(false);
        var tokenizer = lease.Model.Tokenizer;
        var texts = request.Ids.Texts.Select(list => list.Ids is not { } ids
            ? throw new RequestException(new ServerError(ErrorKind.WrongType, "`ids` must be token ids.") { Parameter = "ids" })
            : Decode(tokenizer, ids, request.SkipSpecialTokens ?? true));
        return TeiAnswer.Of([.. texts], TeiJson.Default.StringArray, null);
    }

    /// <summary>Converts token ids to a text.</summary>
    /// <exception cref="RequestException">An id is not in the vocabulary.</exception>
    public static string Decode(Tokenizer tokenizer, int[] ids, bool skipSpecialTokens) =>
        Array.FindIndex(ids, id => id >= tokenizer.VocabularySize) is >= 0 and var wrong
            ? throw RequestException.Validation(
                $"The token id {ids[wrong]} is not in the vocabulary of the model, which has {tokenizer.VocabularySize} ids from 0.", "ids")
            : tokenizer.Decode(ids, skipSpecialTokens);

    /// <summary>Divides a text into tokens.</summary>
    /// <exception cref="RequestException">The model has no prompt of the name.</exception>
    public static TeiToken[] Tokens(LoadedModel model, string text, string? promptName, bool addSpecialTokens)
    {
        text = promptName is null ? text
            : model.Prompts.TryGetValue(promptName, out var prompt) ? prompt + text
            : throw RequestException.Validation(
                $"`prompt_name` is '{promptName}'; the prompts of the model are {string.Join(", ", model.Prompts.Keys)}.", "prompt_name");
        var encoding = Encode(model, text, addSpecialTokens);
        var (bytes, offsets) = (System.Text.Encoding.UTF8.GetBytes(text), encoding.ByteOffsets(text));
        var tokens = new TeiToken[encoding.Count];
        for (var i = 0; i < tokens.Length; i++)
        {
            var (id, special) = (encoding.Ids[i], encoding.SpecialTokensMask[i] != 0);
            tokens[i] = special
                ? new TeiToken(id, encoding.Tokens[i], true, null, null)
                : new TeiToken(
                    id, System.Text.Encoding.UTF8.GetString(bytes, offsets[i].Start, offsets[i].End - offsets[i].Start), false, offsets[i].Start,
                    offsets[i].End);
        }

        return tokens;
    }

    /// <summary>Divides a text of any length into tokens.</summary>
    public static Tokenizers.Encoding Encode(LoadedModel model, string text, bool addSpecialTokens) =>
        model.TokenizerOfWholeTexts.Encode(text, null, new TokenizerOptions { AddSpecialTokens = addSpecialTokens });

    private static Task<ModelLease> AcquireAsync(HttpContext context) => context.RequestServices.GetRequiredService<ModelHost>()
        .AcquireAsync(null, ModelTask.Any, context.RequestAborted);
}
