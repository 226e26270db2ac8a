using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace Semblance.Server.Rpc;

/// <summary>Adds the gRPC services of text-embeddings-inference, and the address at which they answer.</summary>
internal static class RpcEndpoints
{
    /// <summary>Adds what the services need.</summary>
    public static void Add(IServiceCollection services) => services.AddGrpc(grpc => grpc.Interceptors.Add<RpcErrors>());

    /// <summary>Maps the services.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var service in (IEndpointConventionBuilder[])
            [routes.MapGrpcService<InfoService>(), routes.MapGrpcService<EmbedService>(), routes.MapGrpcService<PredictService>(),
            routes.MapGrpcService<RankingService>(), routes.MapGrpcService<TokenizeService>()])
        {
            service.WithMetadata(RpcDialect.Instance);
        }
    }

    /// <summary>
    /// Adds an address that speaks HTTP/2 alone, which clients of gRPC expect where no TLS negotiates it. Other addresses stay.
    /// </summary>
    /// <param name="configuration">The configuration, in which endpoints replace plain addresses.</param>
    /// <param name="url">The address.</param>
    public static void Listen(ConfigurationManager configuration, string url)
    {
        var addresses = configuration[WebHostDefaults.ServerUrlsKey]!.Split(';', StringSplitOptions.RemoveEmptyEntries);
        var endpoints = addresses.Index().Select(address => KeyValuePair.Create<string, string?>(
            FormattableString.Invariant($"Kestrel:Endpoints:Http{address.Index}:Url"), address.Item));
        configuration.AddInMemoryCollection(
            [.. endpoints, new("Kestrel:Endpoints:Rpc:Url", url), new("Kestrel:Endpoints:Rpc:Protocols", "Http2")]);
    }
}
