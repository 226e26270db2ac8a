#:project ../src/Semblance/Semblance.csproj
#:property PublishAot=false

// Questions, and answers that share no word with them, in English and Chinese: dotnet run examples/first.cs
using Semblance;

var model = SentenceTransformer.LoadDefault(); // the model in the box

string[] answers =
[
    "Choose a new password on the login page.",
    "Parcels usually arrive within three days.",
    "We refund every order that came broken.",
    "请在登录页面设置新密码。",
    "包裹一般三天之内送达。",
    "商品损坏，我们全额退款。",
];
string[] questions =
[
    "I cannot sign in any more",
    "When will my shipment be delivered?",
    "我的账号进不去了",
    "什么时候才会收到快递？",
];

var hits = SemanticSearch.Search(model.EncodeQuery(questions).Vectors, model.EncodeDocument(answers).Vectors, new SearchOptions { TopK = 1 });
foreach (var (question, best) in questions.Zip(hits))
{
    Console.WriteLine($"{question}  →  {answers[best[0].Index]}  ({best[0].Score:F3})");
}
