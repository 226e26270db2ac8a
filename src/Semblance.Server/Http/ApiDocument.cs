using Microsoft.AspNetCore.OpenApi;

namespace Semblance.Server;

/// <summary>Describes all routes in an OpenAPI document.</summary>
internal static class ApiDocument
{
    private const string Path = "/openapi/{documentName}.json";

    /// <summary>Adds the contracts of all bodies, and the document.</summary>
    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Converters.Add(new Collections.VectorIdConverter()); // else an id is described as an object
            foreach (var context in (JsonSerializerContext[])[OpenAI.OpenAIJson.Default, TextEmbeddingsInference.TeiJson.Default,
                Reranking.RerankingJson.Default, Cohere.CohereJson.Default, Ollama.OllamaJson.Default, Collections.CollectionsJson.Default,
                Tasks.TasksJson.Default, Page.PageJson.Default, Tokenizing.TokenizingJson.Default])
            {
                json.SerializerOptions.TypeInfoResolverChain.Add(context);
            }
        });
        services.AddOpenApi(document => document.CreateSchemaReferenceId = type =>
            OpenApiOptions.CreateDefaultSchemaReferenceId(type) is not { } name ? null
            : type.Type.Namespace is { } space && space.StartsWith(typeof(ApiDocument).Namespace + ".", StringComparison.Ordinal)
                ? space[(space.LastIndexOf('.') + 1)..] + name
                : name);
    }

    /// <summary>Maps the route of the document.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapOpenApi(Path).WithMetadata(OpenRoute.Instance);
}
