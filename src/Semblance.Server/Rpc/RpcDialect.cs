using System.Globalization;
using Grpc.Core;
using Semblance.Server.TextEmbeddingsInference;

namespace Semblance.Server.Rpc;

/// <summary>Represents the gRPC services, whose errors are a status of gRPC in an answer that succeeded by HTTP.</summary>
internal sealed class RpcDialect : Dialect
{
    /// <summary>Gets the dialect.</summary>
    public static RpcDialect Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "gRPC";

    /// <inheritdoc/>
    public override int StatusOf(ServerError error) => StatusCodes.Status200OK;

    /// <inheritdoc/>
    public override Task WriteAsync(HttpContext context, ServerError error, int status)
    {
        var described = Describe(error);
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)described.StatusCode).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(described.Detail);
        return Task.CompletedTask;
    }

    /// <summary>Returns the status of an error.</summary>
    public static Status Describe(ServerError error) => new(
        error.Kind switch
        {
            ErrorKind.Overloaded => StatusCode.ResourceExhausted,
            ErrorKind.Unavailable => StatusCode.Unavailable,
            ErrorKind.Deadline => StatusCode.DeadlineExceeded,
            ErrorKind.Unauthorized => StatusCode.Unauthenticated,
            ErrorKind.WrongModel or ErrorKind.Internal => StatusCode.FailedPrecondition,
            ErrorKind.NotFound or ErrorKind.ModelNotFound => StatusCode.NotFound,
            _ => StatusCode.InvalidArgument,
        },
        TeiDialect.MessageOf(error));
}
