#:project ../src/Semblance.Extensions.AI/Semblance.Extensions.AI.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// A model's tokenizer as one of Microsoft.ML.Tokenizers: dotnet run examples/tokenizer.cs
using Semblance;
using Semblance.Extensions.AI;

var model = SentenceTransformer.LoadDefault();
var tokenizer = new SemblanceTokenizer(model.Tokenizer, addSpecialTokens: false);
const string text = "Someone is riding a bicycle, 小狗在草地上奔跑。";
Console.WriteLine(string.Join(" · ", tokenizer.EncodeToTokens(text, out _).Select(token => text[token.Offset])));
var index = tokenizer.GetIndexByTokenCount(text, maxTokenCount: 6, out _, out var count);
Console.WriteLine($"{tokenizer.CountTokens(text)} tokens; the first {count}: {text[..index]}");
