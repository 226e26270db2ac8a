using Semblance.Server.Models;

namespace Semblance.Server;

/// <summary>The exception that is thrown when a request cannot be answered, with the error as the client sees it.</summary>
internal sealed class RequestException(ServerError error) : Exception(error.Message)
{
    /// <summary>Gets the error.</summary>
    public ServerError Error { get; } = error;

    /// <summary>Creates the exception for a value that is not allowed.</summary>
    public static RequestException Validation(string message, string? parameter = null) =>
        new(new ServerError(ErrorKind.Validation, message) { Parameter = parameter });

    /// <summary>Creates the exception for a request without texts.</summary>
    public static RequestException Empty(string member) =>
        new(new ServerError(ErrorKind.Empty, $"`{member}` cannot be empty") { Parameter = member });

    /// <summary>Creates the exception for a model of another kind.</summary>
    public static RequestException WrongModel(string name, ModelTask task) =>
        new(new ServerError(ErrorKind.WrongModel, task switch
        {
            ModelTask.Embed => $"model is not an embedding model: '{name}' computes no dense vectors",
            ModelTask.EmbedSparse => $"model is not an embedding model with SPLADE pooling: '{name}' computes no sparse vectors",
            ModelTask.Rerank => $"model is not a re-ranker model: '{name}' scores no texts by their relevance",
            ModelTask.Tag => $"model is not a token classifier: '{name}' labels no tokens",
            ModelTask.Answer => $"model is not a question answerer: '{name}' finds no answers in texts",
            _ => $"model is not a classifier model: '{name}' has no labels",
        })
        { Parameter = "model" });
}
