using Semblance.Server.Models;

namespace Semblance.Server.OpenAI;

/// <summary>Represents <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal static class ModelsRoute
{
    /// <summary>Maps the routes, also without <c>/v1</c>. An id may contain slashes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/v1/models", "/models"])
        {
            routes.Get<ModelList>(OpenAIDialect.Instance, path, "Lists the models", ListAsync);
            routes.Get<ModelItem>(OpenAIDialect.Instance, path + "/{**id}", "Describes a model", GetAsync);
        }
    }

    private static Task ListAsync(HttpContext context)
    {
        var host = context.RequestServices.GetRequiredService<ModelHost>();
        return JsonBody.WriteAsync(
            context, new ModelList("list", [.. host.Names.Select(name => Item(host, name))]), OpenAIJson.Default.ModelList);
    }

    private static Task GetAsync(HttpContext context)
    {
        var host = context.RequestServices.GetRequiredService<ModelHost>();
        return JsonBody.WriteAsync(context, Item(host, (string)context.Request.RouteValues["id"]!), OpenAIJson.Default.ModelItem);
    }

    private static ModelItem Item(ModelHost host, string id)
    {
        var (name, model) = host.Find(id, ModelTask.Any);
        return new ModelItem(name, "model", model.Created.ToUnixTimeSeconds(), "semblance");
    }
}
