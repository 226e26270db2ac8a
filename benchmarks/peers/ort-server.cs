#:sdk Microsoft.NET.Sdk.Web
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:project ../../src/Semblance.Tokenizers/Semblance.Tokenizers.csproj
#:property PublishAot=false
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false

// A minimal server of OpenAI's route over ONNX Runtime: ort-server.cs MODEL.onnx MODEL_FOLDER URL. Each request is one padded batch.
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Semblance.Tokenizers;

var (onnx, folder, url) = (args[0], args[1], args[2]);
var tokenizer = Tokenizer.Load(folder);
using var session = new InferenceSession(onnx);
var names = session.InputMetadata.Keys.ToArray();

var app = WebApplication.CreateSlimBuilder([$"--urls={url}", "--Logging:LogLevel:Default=Warning"]).Build();
app.MapGet("/ready", () => Results.Ok());
app.MapPost("/v1/embeddings", async (HttpContext context) =>
{
    using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
    var texts = body.RootElement.GetProperty("input").EnumerateArray().Select(text => text.GetString()!).ToArray();
    var vectors = Encode(texts);
    context.Response.ContentType = "application/json";
    await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
    writer.WriteStartObject();
    writer.WriteString("object", "list");
    writer.WriteStartArray("data");
    for (var i = 0; i < vectors.Length; i++)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", i);
        writer.WriteBase64String("embedding", MemoryMarshal.AsBytes<float>(vectors[i]));
        writer.WriteEndObject();
    }

    writer.WriteEndArray();
    writer.WriteEndObject();
});
await app.RunAsync();

float[][] Encode(string[] texts)
{
    var rows = texts.Select(text => tokenizer.Encode(text).Ids.ToArray()).ToArray();
    var length = rows.Max(row => row.Length);
    var (ids, mask) = (new long[rows.Length * length], new long[rows.Length * length]);
    for (var i = 0; i < rows.Length; i++)
    {
        for (var j = 0; j < rows[i].Length; j++)
        {
            (ids[(i * length) + j], mask[(i * length) + j]) = (rows[i][j], 1);
        }
    }

    long[] shape = [rows.Length, length];
    var feeds = names.ToDictionary(name => name, name => OrtValue.CreateTensorValueFromMemory(
        name.Contains("ids") && !name.Contains("type") ? ids : name.Contains("mask") ? mask : new long[ids.Length], shape));
    using var options = new RunOptions();
    using var outputs = session.Run(options, feeds, session.OutputNames);
    var hidden = outputs[0].GetTensorDataAsSpan<float>();
    var width = hidden.Length / ids.Length;
    var vectors = new float[rows.Length][];
    for (var i = 0; i < rows.Length; i++)
    {
        var sum = vectors[i] = new float[width];
        for (var j = 0; j < rows[i].Length; j++)
        {
            TensorPrimitives.Add(sum, hidden.Slice(((i * length) + j) * width, width), sum);
        }

        TensorPrimitives.Divide(sum, TensorPrimitives.Norm<float>(sum), sum);
    }

    foreach (var feed in feeds.Values)
    {
        feed.Dispose();
    }

    return vectors;
}
