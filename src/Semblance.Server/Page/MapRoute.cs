using Semblance.Server.Inference;
using Semblance.Tensors;

namespace Semblance.Server.Page;

/// <summary>Represents <c>POST /v1/map</c>: texts as points of a plane, similar ones near each other, in groups with their words.</summary>
internal static class MapRoute
{
    /// <summary>The largest number of texts of a map.</summary>
    public const int MaxTexts = 5000;

    private const int MaxGroups = 64;
    private const int DefaultGroups = 12;
    private const int WordsOfGroup = 3;

    // A map takes all processors for seconds, so that maps wait for each other.
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.Post<MapBody, MapAnswer>(SemblanceDialect.Instance, "/v1/map", "Draws a map of texts", HandleAsync);

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, PageJson.Default.MapBody).ConfigureAwait(false);
        if (body.Texts.Count == 0 || body.Texts.Any(string.IsNullOrEmpty))
        {
            throw RequestException.Empty("texts");
        }

        if (body.Texts.Count > MaxTexts)
        {
            throw RequestException.Validation($"`texts` has {body.Texts.Count} texts; a map has at most {MaxTexts}.", "texts");
        }

        var groups = body.Groups ?? DefaultGroups;
        if (groups is < 1 or > MaxGroups)
        {
            throw RequestException.Validation($"`groups` is {groups}; it must be from 1 to {MaxGroups}.", "groups");
        }

        var service = context.RequestServices.GetRequiredService<EmbeddingService>();
        var query = new EmbedQuery(body.Model, [.. body.Texts.Select(text => (InputText)text)]) { Normalize = true };
        var result = await service.EmbedAsync(query, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var vectors = Tensor.From([.. result.Results.SelectMany(vector => vector)], result.Results.Count, result.Results[0].Length);
        await Turn.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            var map = await Task.Run(
                () => TextMap.Fit(body.Texts, vectors, groups, null, null, context.RequestAborted), context.RequestAborted)
                .ConfigureAwait(false);
            await JsonBody.WriteAsync(context, Answer(body.Texts, map), PageJson.Default.MapAnswer).ConfigureAwait(false);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static MapAnswer Answer(IReadOnlyList<string> texts, TextMap map) => new(
        [.. Enumerable.Range(0, texts.Count).Select(i => map.Points.Row(i).ToArray())],
        map.Groups,
        [.. TopicWords.Of(texts, map.Groups, WordsOfGroup).Select(words => words.Select(word => word.Word).ToArray())]);
}
