using Semblance.Server.Models;
using Semblance.Server.OpenAI;
using Semblance.Server.TextEmbeddingsInference;

namespace Semblance.Server.Tokenizing;

/// <summary>
/// Represents <c>POST /tokenize</c>, which text-embeddings-inference (<c>inputs</c>) shares with llama.cpp (<c>content</c>) and vLLM
/// (<c>prompt</c>), and <c>POST /detokenize</c> of the last two.
/// </summary>
internal static class TokenIdRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Post<TokenizeRequest, TeiToken[][]>(TeiDialect.Instance, "/tokenize", "Divides texts into tokens", TokenizeAsync);
        routes.Post<DetokenizeBody, DetokenizeAnswer>(
            OpenAIDialect.Instance, "/detokenize", "Converts token ids to a text", DetokenizeAsync);
    }

    private static async Task TokenizeAsync(HttpContext context)
    {
        var body = await Tei.BodyAsync(context).ConfigureAwait(false);
        if (body.TryGetProperty("inputs", out _) || !(body.TryGetProperty("content", out _) || body.TryGetProperty("prompt", out _)))
        {
            await Tei.WriteAsync(context, await TokenizeRoutes.TokenizeAsync(context, body).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        context.Features.Set<Dialect>(OpenAIDialect.Instance);
        var request = Tei.Parse(body, TokenizingJson.Default.TokenizeBody);
        using var lease = await AcquireAsync(context, request.Model).ConfigureAwait(false);
        await Tei.WriteAsync(context, new TeiAnswer(Answer(request, lease.Model), null)).ConfigureAwait(false);
    }

    private static Action<Utf8JsonWriter> Answer(TokenizeBody request, LoadedModel model)
    {
        var isContent = request.Content is not null;
        var text = request.Content ?? request.Prompt
            ?? throw new RequestException(new ServerError(ErrorKind.WrongType, "The text is null; a text is expected."));
        var tokens = TokenizeRoutes.Encode(model, text, isContent ? request.AddSpecial : request.AddSpecialTokens ?? true);
        return writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tokens");
            for (var i = 0; i < tokens.Count; i++)
            {
                if (isContent && request.WithPieces)
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("id", tokens.Ids[i]);
                    writer.WriteString("piece", tokens.Tokens[i]);
                    writer.WriteEndObject();
                }
                else
                {
                    writer.WriteNumberValue(tokens.Ids[i]);
                }
            }

            writer.WriteEndArray();
            if (!isContent)
            {
                WriteCounts(writer, request, model, tokens);
            }

            writer.WriteEndObject();
        };
    }

    private static void WriteCounts(Utf8JsonWriter writer, TokenizeBody request, LoadedModel model, Tokenizers.Encoding tokens)
    {
        writer.WriteNumber("count", tokens.Count);
        writer.WriteNumber("max_model_len", model.MaxSequenceLength);
        if (!request.ReturnTokenStrs)
        {
            writer.WriteNull("token_strs");
            return;
        }

        writer.WriteStartArray("token_strs");
        for (var i = 0; i < tokens.Count; i++)
        {
            writer.WriteStringValue(tokens.Tokens[i]);
        }

        writer.WriteEndArray();
    }

    private static async Task DetokenizeAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, TokenizingJson.Default.DetokenizeBody).ConfigureAwait(false);
        if (body.Tokens.FirstOrDefault(id => id < 0) is < 0 and var negative)
        {
            throw RequestException.Validation($"The token id {negative} is negative.", "tokens");
        }

        using var lease = await AcquireAsync(context, body.Model).ConfigureAwait(false);
        var text = TokenizeRoutes.Decode(lease.Model.Tokenizer, [.. body.Tokens], skipSpecialTokens: false);
        await JsonBody.WriteAsync(context, new DetokenizeAnswer(text, text), TokenizingJson.Default.DetokenizeAnswer).ConfigureAwait(false);
    }

    private static Task<ModelLease> AcquireAsync(HttpContext context, string? model) => context.RequestServices.GetRequiredService<ModelHost>()
        .AcquireAsync(model, ModelTask.Any, context.RequestAborted);
}
