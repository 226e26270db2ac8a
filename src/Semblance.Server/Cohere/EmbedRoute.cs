using Semblance.Server.Inference;

namespace Semblance.Server.Cohere;

/// <summary>Represents <c>POST /v2/embed</c> and the older <c>/v1/embed</c>.</summary>
internal static class EmbedRoute
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Post<EmbedBody, EmbedAnswer>(
            CohereDialect.Instance, "/v2/embed", "Computes a vector for each text", context => HandleAsync(context, "2"));
        routes.Post<EmbedBody, OldEmbedAnswer>(
            CohereDialect.Instance, "/v1/embed", "Computes a vector for each text", context => HandleAsync(context, "1"));
    }

    private static async Task HandleAsync(HttpContext context, string version)
    {
        var body = await JsonBody.ReadAsync(context, CohereJson.Default.EmbedBody).ConfigureAwait(false);
        var texts = body.AllTexts();
        var forms = body.EmbeddingTypes is { Count: > 0 } named ? named : ["float"];
        if (forms.FirstOrDefault(form => !EmbeddingForms.Names.Contains(form)) is { } unknown)
        {
            throw RequestException.Validation(
                $"embedding_types has '{unknown}'; {string.Join(", ", EmbeddingForms.Names)} are supported.", "embedding_types");
        }

        var query = new EmbedQuery(body.Model, InputList.Of(texts).Texts)
        {
            Dimensions = body.OutputDimension,
            Normalize = true,
            Truncate = Truncates(body.Truncate),
            Route = RouteOf(body.InputType),
        };
        var result = await context.RequestServices.GetRequiredService<EmbeddingService>().EmbedAsync(query, context.RequestAborted)
            .ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var meta = CohereMeta.Of(version, new CohereMeta.Units(result.Usage.Tokens, null), result.Usage);
        await (version == "1" && body.EmbeddingTypes is null
            ? JsonBody.WriteAsync(
                context, new OldEmbedAnswer(context.TraceIdentifier, "embeddings_floats", result.Results, texts, meta),
                CohereJson.Default.OldEmbedAnswer)
            : JsonBody.WriteAsync(
                context,
                new EmbedAnswer(context.TraceIdentifier, "embeddings_by_type", EmbeddingForms.Of(result.Results, forms), texts, meta),
                CohereJson.Default.EmbedAnswer)).ConfigureAwait(false);
    }

    private static bool Truncates(string? truncate) => truncate switch
    {
        null or "END" => true,
        "NONE" => false,
        _ => throw RequestException.Validation($"truncate is '{truncate}'; END and NONE are supported.", "truncate"),
    };

    private static string? RouteOf(string? inputType) => inputType switch
    {
        "search_query" => "query",
        "search_document" => "document",
        null or "classification" or "clustering" => null,
        _ => throw RequestException.Validation(
            $"input_type is '{inputType}'; search_query, search_document, classification and clustering are supported.", "input_type"),
    };
}
